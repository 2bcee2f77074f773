"""LINKBACK_AVATARS: pictures of authors are fetched once, made small, and served by the site."""

from __future__ import annotations

import struct
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pytest
from PIL import Image

from pelican_linkback.net.addresses import AllowEntry
from pelican_linkback.receiving import avatars as fetching
from pelican_linkback.receiving.avatars import fetch_avatars
from pelican_linkback.receiving.display import pictures
from pelican_linkback.receiving.display.pictures import SIZE, make_thumbnail
from pelican_linkback.receiving.memory.avatars import Avatars, file_of
from pelican_linkback.receiving.received import Author
from pelican_linkback.settings.model import Settings
from tests.page_mentions import received, write
from tests.servers import serving


def picture(form="PNG", size=(300, 200), colour=(200, 30, 30, 255), **more):
    file = BytesIO()
    mode = "RGB" if form == "JPEG" else "RGBA"
    Image.new(mode, size, colour[: len(mode)]).save(file, form, **more)
    return file.getvalue()


def opened(data):
    return Image.open(BytesIO(data))


# Made small


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_encoded_again_in_our_size(form):
    small = opened(make_thumbnail(picture(form)))
    assert (small.format, small.size, small.mode) == ("JPEG", (SIZE, SIZE), "RGB")
    assert small.getpixel((48, 48))[0] > 150


def test_what_else_a_file_says_is_gone():
    exif = Image.Exif()
    exif[0x010E] = "<script>taken at home</script>"
    small = make_thumbnail(picture("JPEG", exif=exif, comment=b"me@home.example"))
    assert b"home" not in small
    assert not opened(small).getexif()


def test_what_cannot_be_seen_through_is_white():
    assert opened(make_thumbnail(picture(colour=(0, 0, 0, 0)))).getpixel((1, 1)) == (255, 255, 255)


def test_equal_pictures_are_equal_bytes():
    assert make_thumbnail(picture()) == make_thumbnail(picture())


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


HUGE = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html>not found</html>",
        picture()[:60],
        picture("TIFF"),
        picture("BMP"),
        HUGE,
        picture(size=(4001, 4000)),
    ],
    ids=["empty", "svg", "html", "cut", "tiff", "bmp", "bomb", "large"],
)
def test_what_is_no_picture_or_too_large_is_none(data):
    assert make_thumbnail(data) is None


# Fetched


class Gallery(ThreadingHTTPServer):
    """Serves ``answers`` by their paths; ``asked`` are the paths that were asked for."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Page)
        self.asked, self.answers = [], {"/me.png": (200, picture(), {})}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class _Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        status, body, headers = self.server.answers.get(self.path, (404, b"", {}))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


@pytest.fixture
def gallery():
    with serving(Gallery()) as gallery:
        yield gallery


@pytest.fixture
def settings(tmp_path):
    allowed = (AllowEntry.parse("127.0.0.1"),)
    return Settings("https://me.example.io", tmp_path, state=tmp_path, allow_hosts=allowed)


def kept(settings):
    folder = settings.state / "avatars"
    return {path.name: path.stat().st_size for path in folder.glob("*")} if folder.is_dir() else {}


def test_a_picture_is_fetched_once(gallery, settings):
    photo = f"{gallery.url}/me.png"
    for _ in range(2):
        assert fetch_avatars([photo, photo], settings, 60) == ""
    assert gallery.asked == ["/me.png"]
    path = Avatars(settings.state).path_of(photo)
    assert path == f"linkback-avatars/{file_of(photo)}"
    (file,) = Avatars(settings.state).files([photo, "https://a.example/other"]).values()
    assert opened(file.read_bytes()).size == (SIZE, SIZE)


def test_nobody_is_kept_who_is_not_shown(gallery, settings):
    gallery.answers["/you.png"] = (200, picture(), {})
    me, you = f"{gallery.url}/me.png", f"{gallery.url}/you.png"
    fetch_avatars([me, you], settings, 60)
    fetch_avatars([you], settings, 60)
    assert [*kept(settings)] == [file_of(you)]


@pytest.mark.parametrize(
    "answer",
    [
        (404, b"", {}),
        (410, b"", {}),
        (200, b"<html>", {}),
        (200, picture() + b" " * 1_100_000, {}),
        (200, b"x", {"Content-Encoding": "nonsense"}),
    ],
    ids=["not found", "gone", "no picture", "too long", "packed"],
)
def test_what_is_no_picture_is_not_asked_for_again(gallery, settings, answer):
    gallery.answers["/me.png"] = answer
    for _ in range(2):
        assert fetch_avatars([f"{gallery.url}/me.png"], settings, 60) == ""
    assert gallery.asked == ["/me.png"]
    assert [*kept(settings).values()] == [0]
    assert Avatars(settings.state).path_of(f"{gallery.url}/me.png") == ""


def test_what_may_pass_is_tried_again(gallery, settings):
    gallery.answers["/me.png"] = (503, b"", {})
    for _ in range(2):
        fetch_avatars([f"{gallery.url}/me.png"], settings, 60)
    assert gallery.asked == ["/me.png"] * 2
    assert kept(settings) == {}


def test_no_private_address_is_reached(gallery, settings):
    gallery.answers["/away.png"] = (302, b"", {"Location": "http://127.0.0.2/me.png"})
    photos = [
        f"{gallery.url}/away.png",
        "http://10.0.0.1/me.png",
        "http://[::1]/me.png",
        "http://169.254.169.254/latest",
    ]
    assert fetch_avatars(photos, settings, 60) == ""
    assert gallery.asked == ["/away.png"]
    assert not [each for each in kept(settings) if each.endswith(".jpg")]


def test_what_is_no_address_is_no_picture(settings):
    assert fetch_avatars(["https://ann:secret@a.example/"], settings, 60) == ""
    assert [*kept(settings).values()] == [0]


def test_a_host_that_fails_is_left_alone(settings, monkeypatch):
    asked = []

    def follow(request, exchange):
        asked.append(request.url)
        raise fetching.WebError(request.url, "no answer")

    monkeypatch.setattr(fetching, "follow", follow)
    photos = [f"https://{host}.example/{n}" for n in range(3) for host in ("a", "b")]
    fetch_avatars(photos, settings, 60)
    assert asked == ["https://a.example/0", "https://b.example/0"]
    began = time.time()
    fetch_avatars(photos, settings, 60, now=lambda: began + 3600)
    assert len(asked) == 2
    fetch_avatars(photos[:1], settings, 60, now=lambda: began + 90_000)
    assert asked[2:] == photos[:1]
    assert kept(settings) == {f"{file_of(photos[0])}.silent": 0}


def test_a_host_that_answers_again_is_silent_no_more(gallery, settings):
    photo = f"{gallery.url}/me.png"
    Avatars(settings.state).keep_silent(photo)
    fetch_avatars([photo], settings, 60)
    assert gallery.asked == []
    fetch_avatars([photo], settings, 60, now=lambda: time.time() + 90_000)
    assert [*kept(settings)] == [file_of(photo)]


def test_it_ends_in_time(gallery, settings):
    clock = iter(range(100))
    photos = [f"{gallery.url}/{number}" for number in range(50)]
    fetch_avatars(photos, settings, 4, lambda: next(clock))
    assert len(gallery.asked) == 3


def test_without_pillow_nothing_is_asked(gallery, settings, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(pictures, "import_module", missing)
    problem = fetch_avatars([f"{gallery.url}/me.png"], settings, 60)
    assert problem == 'LINKBACK_AVATARS needs Pillow: pip install "pelican-linkback[avatars]"'
    assert gallery.asked == []
    assert fetch_avatars([], settings, 60) == ""


def test_a_folder_that_cannot_be_written_is_said_once(gallery, settings):
    (settings.state / "avatars").write_text("a file")
    problem = fetch_avatars([f"{gallery.url}/me.png"], settings, 60)
    assert problem.startswith("pictures of authors cannot be fetched: ")


# Shown


@pytest.fixture
def blog(site, gallery):
    site.article("one")
    site.settings |= {"LINKBACK_PULL": [], "LINKBACK_ALLOW_HOSTS": ["127.0.0.1"]}
    photo = f"{gallery.url}/me.png"
    ann = received(author=Author("Ann Lee", "https://ann.example/", photo))
    bo = received("reply", "Bo Ek", 2, author=Author("Bo Ek", "", f"{gallery.url}/gone.png"))
    write(site.folder / "linkback", [ann, bo])
    site.photo = photo
    return site


def test_a_publication_fetches_the_pictures_and_serves_its_own_copies(blog, gallery):
    build = blog.build(LINKBACK_AVATARS=True)
    assert build.problems == []
    path = f"linkback-avatars/{file_of(blog.photo)}"
    page = build.read("one.html")
    assert f'src="https://me.example.io/{path}" alt=""' in page
    assert "127.0.0.1" not in page
    assert ">BE</span>" in page
    time = (build.output / path).stat().st_mtime_ns
    again = blog.build(LINKBACK_AVATARS=True)
    assert (again.output / path).stat().st_mtime_ns == time
    assert sorted(gallery.asked) == ["/gone.png", "/me.png"]
    without = blog.build()
    assert "<img" not in without.read("one.html")
    assert not (without.output / path).exists()


def test_a_copy_that_cannot_be_read_costs_the_picture(blog):
    blog.build(LINKBACK_AVATARS=True)
    file = blog.folder / "linkback" / "avatars" / file_of(blog.photo)
    file.unlink()
    file.mkdir()
    (file / "x").write_text("x")
    (problem,) = blog.build(LINKBACK_AVATARS=True).problems
    assert "cannot be written: IsADirectoryError" in problem


def test_what_is_wrong_is_one_warning(blog, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(pictures, "import_module", missing)
    (problem,) = blog.build(LINKBACK_AVATARS=True).problems
    assert problem.startswith("Mentions: LINKBACK_AVATARS needs Pillow")
