from collections.abc import Callable


def test_the_sample_on_a_cluster_of_this_machine(sample: str, skelconv: Callable[..., str]) -> None:
    skelconv("build", sample, "--executor", "dask", "--workers", "2")
    skelconv("verify", "out/sample.pkl")
