// What the dataset was made from, and what is not in it.
import type { Described } from "./api";

export function About(props: { described: Described }) {
  const { described } = props;
  return (
    <section class="about" aria-label="About the dataset">
      <h2>Quarantined clips</h2>
      {described.quarantined.length === 0 ? (
        <p>None is known.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Id</th>
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            {described.quarantined.map((clip) => (
              <tr key={clip.id}>
                <td>{clip.id}</td>
                <td>{clip.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h2>Provenance</h2>
      {described.provenance ? (
        <pre tabIndex={0}>{JSON.stringify(described.provenance, null, 2)}</pre>
      ) : (
        <p>There is no provenance beside the dataset.</p>
      )}
    </section>
  );
}
