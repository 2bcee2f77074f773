"""A document as text: by its mark, the header, its own words, or what it looks like."""

from __future__ import annotations

import pytest

from pelican_linkback.text.encodings import decode

UMLAUT = "Jørn Ås".encode("latin-1")


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        pytest.param(b"", None, "", id="nothing"),
        pytest.param("é".encode(), None, "é", id="UTF-8 unless told otherwise"),
        pytest.param(b"\xef\xbb\xbfx", "latin-1", "x", id="UTF-8 mark before all"),
        pytest.param(b"\xff\xfe" + "é".encode("utf-16-le"), None, "é", id="UTF-16, little end"),
        pytest.param(b"\xfe\xff" + "é".encode("utf-16-be"), None, "é", id="UTF-16, big end"),
        pytest.param("<p>é".encode("utf-16-le"), "utf-16", "<p>é", id="UTF-16 without a mark"),
        pytest.param("<p>é".encode("utf-16-be"), None, "<p>é", id="the other, and nothing said"),
        pytest.param(b"<\0p>", None, "<\0p>", id="a NUL is no UTF-16"),
        pytest.param(b"\xe9", "ISO-8859-1", "é", id="the header"),
        pytest.param(b"a\xe9b", "utf-8", "a\ufffdb", id="a charset that lies"),
        pytest.param(b"abc", "utf-16", "abc", id="not UTF-16"),
        pytest.param(b"x-0ca", "punycode", "x-0ca", id="a codec, but no charset"),
        pytest.param(b"x", "no-such\0thing", "x", id="no codec"),
        pytest.param(b"x", "é", "x", id="not even a name"),
        pytest.param(UMLAUT, None, "Jørn Ås", id="nothing said, and no UTF-8"),
        pytest.param(UMLAUT, "x-klingon", "Jørn Ås", id="nothing known said, and no UTF-8"),
        pytest.param("éé".encode() + b"\xff", None, "éé\ufffd", id="UTF-8 with a broken byte"),
    ],
)
def test_decode(body: bytes, charset: str | None, text: str) -> None:
    assert decode(body, charset) == text


@pytest.mark.parametrize(
    "head",
    [
        "<meta charset=iso-8859-1>",
        "<META CHARSET='latin1'/>",
        "<meta charset=iso-8859-1/>",
        '<meta name="x" charset = "ISO-8859-1">',
        "<meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'>",
        "<meta content=\"text/html;charset='iso-8859-1'\" http-equiv='content-type'>",
        '\n<?xml version="1.0" encoding="iso-8859-1"?>',
        "<meta charset=x-klingon><meta charset=iso-8859-1>",
        "<!-- <meta charset=utf-8> --><meta charset=iso-8859-1>",
        "<meta name=description content='charset=utf-8'><meta charset=iso-8859-1>",
        "<meta http-equiv=Content-Type content=text/html><meta charset=iso-8859-1>",
        "<meta name='a > b' content='<meta charset=utf-8>'><meta charset=iso-8859-1>",
        " " * 2000 + "<meta charset=iso-8859-1>",
    ],
)
def test_a_document_declares_its_encoding(head: str) -> None:
    # As UTF-8, too, it would be a text.
    assert decode(head.encode() + "é".encode()) == f"{head}Ã©"
    assert decode(head.encode() + "é".encode(), "utf-8") == f"{head}é"


@pytest.mark.parametrize(
    "head",
    [
        "<!-- <meta charset=iso-8859-1> -->",
        "<!-- <meta charset=iso-8859-1>",
        "<meta name=description content='charset=iso-8859-1'>",
        "<metadata charset=iso-8859-1>",
        "<meta data-charset=iso-8859-1>",
        "<meta charset=utf-16>",
        "<meta charset=''>",
        "<p title='<?xml encoding=\"iso-8859-1\"?>'>",
    ],
)
def test_what_only_looks_like_a_declaration_is_none(head: str) -> None:
    assert decode(head.encode() + "é".encode()) == f"{head}é"


@pytest.mark.parametrize(
    ("label", "encoding", "text"),
    [
        ("us-ascii", "cp1252", "“Zoë”"),
        ("iso-8859-1", "cp1252", "“Zoë”"),
        ("x-cp1251", "cp1251", "Зоя"),
        ("x-mac-ukrainian", "mac-cyrillic", "Зоя"),
        ("koi8-ru", "koi8-u", "Їжак"),
        ("iso-8859-8-i", "iso-8859-8", "דוד"),
        ("windows-874", "cp874", "สม€"),
        ("tis-620", "cp874", "สม€"),
        ("iso-8859-11", "cp874", "สม€"),
        ("shift_jis", "cp932", "①髙"),
        ("x-sjis", "cp932", "①髙"),
        ("windows-31j", "cp932", "①髙"),
        ("x-euc-jp", "euc_jp", "山田"),
        ("iso-2022-jp", "iso2022_jp", "山田"),
        ("gb2312", "gbk", "張镕"),
        ("x-gbk", "gb18030", "张偉"),
        ("big5", "big5hkscs", "張偉"),
        ("x-x-big5", "big5", "張偉"),
        ("euc-kr", "cp949", "똠방"),
        ("ks_c_5601-1987", "cp949", "똠방"),
        ("windows-949", "cp949", "똠방"),
    ],
)
def test_a_label_means_what_browsers_take_it_for(label: str, encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), label) == text
