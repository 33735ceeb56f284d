from slow.harness import Harness
from slow.scenarios import scenarios


def test_killed(harness: Harness, name: str, seed: int) -> None:
    """What is killed and run again gives what an undisturbed run gives, and leaves nothing."""
    harness.round(scenarios(harness.folder)[name], seed)
