"""The viewer's server: what it answers, and to whom."""

import http.client
import io
import json
import re
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from support.films import film, gray_of
from support.memory import MemoryReader, clip

import skelconv
from skelconv import Clip, ClipError, Dataset, DatasetError
from skelconv.viewer.marks import Marks
from skelconv.viewer.server import ViewerServer
from skelconv.viewer.session import Session

SCRIPT = '<script>alert(1)</script> "&'


def clips() -> list[Clip]:
    walk = clip("walk", persons=2, frames=5, label=1)
    score = np.array(walk.keypoint_score)
    score[0, :, :3] = 0
    return [walk.replace(keypoint_score=score), clip(SCRIPT, frames=3, seed=1, score=False)]


class Damaged(MemoryReader):
    def read(self, index: int) -> Clip:
        if self.ids[index] == "damaged":
            raise ClipError("its checksum is wrong")
        return super().read(index)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ViewerServer]:
    reader = Damaged(
        [*clips(), clip("damaged")], {"train": [0, 1], "val": [2]}, label_names=["run", "walk"]
    )
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "walk.mp4").write_bytes(bytes(range(100)))
    dataset = Dataset(reader, path=str(tmp_path / "data.pkl"))
    session = Session(
        dataset,
        Marks(tmp_path / "data.pkl.marks.csv"),
        Dataset(MemoryReader([clips()[0]])),
        str(tmp_path / "videos"),
    )
    with ViewerServer(session, lambda: dataset) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(
    server: ViewerServer,
    path: str,
    method: str = "GET",
    body: Any = None,
    token: str | None = None,
    **headers: str,
) -> tuple[int, bytes, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    address = f"/{server.token if token is None else token}/{path}"
    connection.request(method, address, None if body is None else json.dumps(body), given)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content, answer.headers


def ask_json(server: ViewerServer, path: str) -> Any:
    status, content, _ = ask(server, path)
    assert status == 200, content
    return json.loads(content)


class TestWhoIsAnswered:
    def test_it_is_on_the_loopback_interface_alone(self, server: ViewerServer) -> None:
        assert server.server_address[0] == "127.0.0.1"

    @pytest.mark.parametrize("token", ["", "wrong", "."])
    def test_without_the_token_nothing_is_there(self, server: ViewerServer, token: str) -> None:
        for path in ("", "app.js", "api/dataset", "api/clip?index=0"):
            status, content, _ = ask(server, path, token=token)
            assert (status, content) == (404, b"not found")

    @pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", ""])
    def test_another_host_is_refused(self, server: ViewerServer, host: str) -> None:
        """As a page does whose name was made to mean this machine."""
        assert ask(server, "api/table", Host=host)[0] == 403

    @pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
    def test_another_origin_is_refused(self, server: ViewerServer, origin: str) -> None:
        assert ask(server, "api/table", Origin=origin)[0] == 403
        mark = {"index": 0, "note": "x"}
        assert (
            ask(server, "api/marks", "POST", mark, Origin=origin, Content_Type="application/json")[
                0
            ]
            == 403
        )
        assert server.session.marks.all() == {}

    def test_another_site_is_refused(self, server: ViewerServer) -> None:
        assert ask(server, "api/table", Sec_Fetch_Site="cross-site")[0] == 403

    def test_a_form_of_another_site_cannot_mark(self, server: ViewerServer) -> None:
        mark = {"index": 0, "note": "x"}
        assert ask(server, "api/marks", "POST", mark, Content_Type="text/plain")[0] == 415
        assert server.session.marks.all() == {}

    @pytest.mark.parametrize(
        "path",
        ["../server.py", "bundle/app.js", "%2e%2e/server.py", "api/../app.js", "api/none", "x"],
    )
    def test_nothing_else_is_served(self, server: ViewerServer, path: str) -> None:
        assert ask(server, path)[0] == 404

    def test_no_script_but_its_own_is_run(self, server: ViewerServer) -> None:
        status, page, headers = ask(server, "")
        assert status == 200
        policy = dict(
            part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["style-src"] == "'self'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in headers
        # No script and no style stands in the page itself.
        assert not re.search(rb"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", page)


class TestWhatIsAnswered:
    def test_the_table(self, server: ViewerServer) -> None:
        table = ask_json(server, "api/table")
        assert table["ids"] == ["walk", SCRIPT, "damaged"]
        assert table["labels"] == [1, 0, 0]
        assert table["splits"] == {"train": [0, 1], "val": [2]}
        assert table["other"] == [0, -1, -1]

    def test_the_dataset(self, server: ViewerServer) -> None:
        described = ask_json(server, "api/dataset")
        assert described["clips"] == 3
        assert described["label_names"] == ["run", "walk"]
        assert described["videos"] is True

    def test_how_it_was_opened_is_told(self, tmp_path: Path) -> None:
        dataset = Dataset(MemoryReader(clips()), path="data.csv")
        marks = Marks(tmp_path / "marks.csv")
        described = Session(dataset, marks, options={"layout": "coco17"}).described()
        assert described["options"] == {"layout": "coco17"}
        assert described["marks"] == str(tmp_path / "marks.csv")
        assert described["joints"][9] == "left_wrist"
        assert Session(dataset).described()["marks"] is None

    @pytest.mark.parametrize("index", [0, 1])
    def test_a_clip(self, server: ViewerServer, index: int) -> None:
        _, content, _ = ask(server, f"api/clip?index={index}")
        (length,) = struct.unpack_from("<I", content)
        head = json.loads(content[4 : 4 + length])
        numbers = np.frombuffer(content, "<f4", offset=4 + length)
        truth = clips()[index]
        size = truth.keypoint.size
        assert head["id"] == truth.id
        assert tuple(head["shape"]) == truth.keypoint.shape
        assert len(head["layout"]["limbs"]) == 17
        found = numbers[:size].reshape(truth.keypoint.shape)
        missing = np.zeros(truth.keypoint.shape[:3], bool)
        if truth.keypoint_score is not None:
            missing = truth.keypoint_score == 0
            np.testing.assert_array_equal(numbers[size:], truth.keypoint_score.ravel())
        assert np.isnan(found[missing]).all()
        np.testing.assert_array_equal(found[~missing], truth.keypoint[~missing])
        assert missing.any() == (index == 0)

    def test_heatmaps(self, server: ViewerServer) -> None:
        _, content, _ = ask(server, "api/heat?index=0&kind=limb")
        (length,) = struct.unpack_from("<I", content)
        found = np.frombuffer(content, np.uint8, offset=4 + length).reshape(5, 64, 64)
        volume = skelconv.heatmaps(clips()[0], "limb").max(axis=0)
        np.testing.assert_allclose(found / 255, volume, atol=0.5 / 255 + 1e-6)

    def test_measures_of_all_clips(self, server: ViewerServer) -> None:
        server._examining.join()
        facts = ask_json(server, "api/facts?since=0")
        # 3 of 17 joints of one of two persons.
        assert facts["missing"] == [pytest.approx(3 / 34, abs=1e-5), 0, None]
        # The second has no scores, and the third cannot be read.
        assert facts["score"][1:] == [None, None]
        assert ask_json(server, "api/facts?since=2")["missing"] == [None]

    def test_the_scores_of_a_joint(self, server: ViewerServer) -> None:
        server._examining.join()
        walk, _ = clips()
        truth = np.array(walk.keypoint_score, float)[:, :, 7].mean()
        assert ask_json(server, "api/joint?joint=7&since=0") == [
            pytest.approx(truth, abs=1e-3),
            1,
            None,
        ]
        # Missing in one of two persons.
        truth = np.array(walk.keypoint_score, float)[:, :, 2].mean()
        assert ask_json(server, "api/joint?joint=2&since=0")[0] == pytest.approx(truth, abs=1e-3)
        assert ask_json(server, "api/joint?joint=7&since=1") == [1, None]
        assert ask(server, "api/joint?joint=17&since=0")[0] == 422

    def test_others_are_answered_while_a_clip_is_drawn(
        self, server: ViewerServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drawing, seen = threading.Event(), threading.Event()

        def draw(dataset: Dataset, ids: list[str], target: Path, *_: Any) -> None:
            drawing.set()
            assert seen.wait(30)
            target.write_bytes(dataset[ids[0]].id.encode())

        monkeypatch.setattr("skelconv.pictures.viz.draw", draw)
        answers: list[Any] = []
        export = threading.Thread(
            target=lambda: answers.append(ask(server, "api/export?index=0&ending=mp4"))
        )
        export.start()
        assert drawing.wait(30)
        assert ask(server, "api/clip?index=1")[0] == 200
        assert ask(server, "api/heat?index=0&kind=limb")[0] == 200
        seen.set()
        export.join()
        assert answers[0][:2] == (200, b"walk")

    def test_a_clip_is_drawn_over_its_video_where_it_has_one(self, tmp_path: Path) -> None:
        film(tmp_path / "walk.mp4", 2)
        solid = np.ones((1, 2, 25, 3), np.float32)
        shown = [clip(name, frames=2, img_shape=(120, 200)) for name in ("walk", "run")]
        dataset = Dataset(MemoryReader([*shown, Clip("walk#2", solid, "ntu25")]), path="data.pkl")
        session = Session(dataset, videos=str(tmp_path))
        grays = []
        for index in range(3):
            with Image.open(io.BytesIO(session.picture(index, "png"))) as image:
                grays.append(image.convert("L").getpixel((20, 60)))
        assert grays == pytest.approx([gray_of(0), 250, 250], abs=4)

    @pytest.mark.parametrize("name", ["walk_03@000120-000184", "walk_03#2", "a/b c%&?\u00e9"])
    def test_any_id_is_drawn(self, name: str) -> None:
        dataset = Dataset(MemoryReader([clip(name, frames=2)]), path="data.pkl")
        assert Session(dataset).picture(0, "png").startswith(b"\x89PNG")

    def test_findings_of_the_audit(self, server: ViewerServer) -> None:
        server._examining.join()
        findings = {one["code"]: one for one in ask_json(server, "api/findings")}
        truth = skelconv.verify(Dataset(Damaged([*clips(), clip("damaged")], {"train": [0, 1]})))
        unreadable = next(one for one in truth.findings if list(one.ids) == ["damaged"])
        assert findings[unreadable.code]["ids"] == ["damaged"]
        assert findings[unreadable.code]["severity"] == "error"

    def test_a_damaged_clip_says_why(self, server: ViewerServer) -> None:
        status, content, _ = ask(server, "api/clip?index=2")
        assert (status, content) == (422, b"its checksum is wrong")

    @pytest.mark.parametrize(
        "path",
        [
            "api/clip?index=9",
            "api/clip?index=-1",
            "api/clip?index=a",
            "api/clip",
            "api/clip?index=0&which=2",
            "api/heat?index=0&kind=bone",
            "api/export?index=0&ending=exe",
            "api/video?index=1",
        ],
    )
    def test_wrong_requests(self, server: ViewerServer, path: str) -> None:
        assert ask(server, path)[0] in (400, 404, 422)
        assert ask(server, "api/table")[0] == 200

    def test_a_video_and_a_part_of_it(self, server: ViewerServer) -> None:
        whole = bytes(range(100))
        assert ask(server, "api/video?index=0")[:2] == (200, whole)
        status, part, headers = ask(server, "api/video?index=0", Range="bytes=10-19")
        assert (status, part) == (206, whole[10:20])
        assert headers["Content-Range"] == "bytes 10-19/100"
        assert ask(server, "api/video?index=0", Range="bytes=-5")[1] == whole[-5:]
        assert ask(server, "api/video?index=0", Range="bytes=90-")[1] == whole[90:]
        assert ask(server, "api/video?index=0", Range="bytes=100-")[0] == 416

    def test_a_film_of_what_browsers_do_not_play(self, tmp_path: Path) -> None:
        film(tmp_path / "walk.avi", 9, codec="mpeg4", rate=15)
        names = ["walk", "walk@000003-000007", "walk@000090-000095"]
        clips = [clip(name, frames=4, img_shape=(120, 200)) for name in names]
        dataset = Dataset(MemoryReader(clips), path="data.pkl")
        session = Session(dataset, videos=str(tmp_path))
        for index, first in enumerate((0, 3)):
            assert session.footage(index) == (str(tmp_path / "walk.avi"), first)
            with session.film(index, 30) as path, av.open(str(path)) as container:
                frames = [frame.to_ndarray(format="gray") for frame in container.decode()]
            grays = [int(frame[9, 9]) for frame in frames]
            assert grays == pytest.approx([gray_of(first + n) for n in range(4)], abs=4)
        with pytest.raises(DatasetError, match="no frame 90"), session.film(2, 30):
            pass
        session.close()


class TestOurFaults:
    """What a plugin's reader raises, and no one has thought of."""

    @pytest.fixture
    def broken(self, tmp_path: Path) -> Iterator[ViewerServer]:
        class Broken(MemoryReader):
            def read(self, index: int) -> Clip:
                raise RuntimeError("oh")

        dataset = Dataset(Broken(clips()), path=str(tmp_path / "data.pkl"))

        def reopen() -> Dataset:
            raise RuntimeError("it is gone")

        with ViewerServer(Session(dataset), reopen) as made:
            thread = threading.Thread(target=made.serve_forever, args=(0.01,))
            thread.start()
            yield made
            made.shutdown()
            thread.join()

    def test_they_are_said_and_the_viewer_goes_on(self, broken: ViewerServer) -> None:
        broken._examining.join()
        status, content, _ = ask(broken, "api/clip?index=0")
        assert status in (422, 500)
        assert content
        assert ask_json(broken, "api/facts?since=0")["missing"] == [None, None]
        (finding,) = ask_json(broken, "api/findings")
        assert "it is gone" in finding["what"]
        assert finding["severity"] == "error"

    def test_without_a_file_for_marks_there_are_none(self, broken: ViewerServer) -> None:
        body = {"index": 0, "note": ""}
        status, content, _ = ask(broken, "api/marks", "POST", body, Content_Type="application/json")
        assert (status, content) == (422, b"marks are not saved here")


class TestMarks:
    def mark(self, server: ViewerServer, index: int, note: str | None) -> Any:
        body = {"index": index, "note": note}
        status, content, _ = ask(server, "api/marks", "POST", body, Content_Type="application/json")
        assert status == 200, content
        return json.loads(content)

    def test_they_are_saved_at_once_and_read_again(
        self, server: ViewerServer, tmp_path: Path
    ) -> None:
        assert self.mark(server, 1, 'left and right\nswapped, "sometimes"') == {
            SCRIPT: 'left and right\nswapped, "sometimes"'
        }
        self.mark(server, 0, "")
        saved = Marks(tmp_path / "data.pkl.marks.csv")
        assert saved.all() == {SCRIPT: 'left and right\nswapped, "sometimes"', "walk": ""}
        assert self.mark(server, 1, None) == {"walk": ""}
        assert Marks(tmp_path / "data.pkl.marks.csv").all() == {"walk": ""}

    def test_those_of_another_viewer_are_kept(self, server: ViewerServer, tmp_path: Path) -> None:
        path = tmp_path / "data.pkl.marks.csv"
        self.mark(server, 0, "mine")
        Marks(path).set("theirs", "by another viewer")
        assert ask_json(server, "api/marks") == {"walk": "mine", "theirs": "by another viewer"}
        self.mark(server, 1, "mine too")
        assert Marks(path).all() == {
            "walk": "mine",
            "theirs": "by another viewer",
            SCRIPT: "mine too",
        }

    def test_none_is_lost_when_many_mark_at_once(self, tmp_path: Path) -> None:
        path = tmp_path / "marks.csv"
        code = (
            "import pathlib, sys; from skelconv.viewer.marks import Marks;"
            "marks = Marks(pathlib.Path(sys.argv[1]));"
            "[marks.set(f'{sys.argv[2]}-{n}', '') for n in range(20)]"
        )
        others = [
            subprocess.Popen([sys.executable, "-c", code, str(path), str(n)]) for n in range(3)
        ]
        assert [other.wait() for other in others] == [0, 0, 0]
        assert set(Marks(path).all()) == {f"{n}-{m}" for n in range(3) for m in range(20)}

    def test_a_file_that_was_damaged_meanwhile_is_not_replaced(
        self, server: ViewerServer, tmp_path: Path
    ) -> None:
        path = tmp_path / "data.pkl.marks.csv"
        path.write_text("name\nwalk\n")
        body = {"index": 0, "note": ""}
        status, content, _ = ask(server, "api/marks", "POST", body, Content_Type="application/json")
        assert status == 422
        assert b"id" in content
        assert path.read_text() == "name\nwalk\n"

    @pytest.mark.parametrize(
        "body", [{}, {"index": 0}, {"index": "0", "note": ""}, {"index": 0, "note": 1}, [], None]
    )
    def test_what_is_no_mark_changes_nothing(self, server: ViewerServer, body: Any) -> None:
        status, _, _ = ask(
            server,
            "api/marks",
            "POST",
            body if body is not None else 5,
            Content_Type="application/json",
        )
        assert status == 400
        assert server.session.marks.all() == {}

    @pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 2000, b""])
    def test_what_is_not_json_changes_nothing(self, server: ViewerServer, body: bytes) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
        headers = {"Content-Type": "application/json"}
        connection.request("POST", f"/{server.token}/api/marks", body, headers)
        assert connection.getresponse().status == 400
        connection.close()

    def test_what_is_too_long_is_refused(self, server: ViewerServer) -> None:
        body = {"index": 0, "note": "x" * 100_000}
        assert ask(server, "api/marks", "POST", body, Content_Type="application/json")[0] == 413

    def test_a_list_of_ids_is_a_list_of_marks(self, tmp_path: Path) -> None:
        (tmp_path / "ids.csv").write_text("id\nwalk\n")
        assert Marks(tmp_path / "ids.csv").all() == {"walk": ""}

    def test_where_they_cannot_be_saved_nothing_is_marked(self, tmp_path: Path) -> None:
        marks = Marks(tmp_path / "no" / "where.csv")
        with pytest.raises(skelconv.DatasetError, match="cannot be saved"):
            marks.set("walk", "")
        assert marks.all() == {}
