"""An article's text, made fit for a reader far from the site (P16, P24)."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown import markdown

from pelican_linkback.feeds.content import sanitizer
from pelican_linkback.feeds.content.cleaning import fit, words
from pelican_linkback.feeds.content.parser import parse
from pelican_linkback.feeds.content.tree import elements, text_of

BASE = "https://ex.org/2024/a.html"

URLS = [
    ('<a href="/x">t</a>', '<a href="https://ex.org/x">t</a>', "from the root"),
    ('<a href="../x">t</a>', '<a href="https://ex.org/x">t</a>', "P24: up"),
    ('<a href="?p=1&amp;q">t</a>', f'<a href="{BASE}?p=1&amp;q">t</a>', "query"),
    ('<a href="?a=1&section=2">t</a>', f'<a href="{BASE}?a=1&amp;section=2">t</a>', "no §"),
    ('<a href="#fn:1">t</a>', f'<a href="{BASE}#fn:1">t</a>', "fragment"),
    ('<a href="">t</a>', f'<a href="{BASE}">t</a>', "the page itself"),
    ('<a href="//cdn.org/x">t</a>', '<a href="https://cdn.org/x">t</a>', "no scheme"),
    ("<A HREF=/x>t</A>", '<a href="https://ex.org/x">t</a>', "upper case, no quotes"),
    ("<a\nhref =\n'/x'\n>t</a\n>", '<a href="https://ex.org/x">t</a>', "newlines in tags"),
    ('<a href=" /x\n">t</a>', '<a href="https://ex.org/x">t</a>', "white space around"),
    ('<a href="/a b">t</a>', '<a href="https://ex.org/a%20b">t</a>', "a space"),
    ('<a href="{filename}x">t</a>', '<a href="https://ex.org/2024/{filename}x">t</a>', "left-over"),
    ('<a href=" https://a.org/">t</a>', '<a href="https://a.org/">t</a>', "absolute, trimmed"),
    ('<a href="xmpp:a@b">t</a>', '<a href="xmpp:a@b">t</a>', "another scheme"),
    ('<a href="//[x">t</a>', "<a>t</a>", "no URL at all"),
    ('<a href="javascript:x()">t</a>', "<a>t</a>", "javascript"),
    ('<a href=" Java&#10;Script:x">t</a>', "<a>t</a>", "javascript in disguise"),
    ('<a href="vbscript:x">t</a>', "<a>t</a>", "vbscript"),
    ('<a href="/x" href="/y">t</a>', '<a href="https://ex.org/x">t</a>', "the first counts"),
    ('<a href="/x" ping="/p">t</a>', '<a href="https://ex.org/x">t</a>', "no ping"),
    ('<img src="i.png">', '<img src="https://ex.org/2024/i.png">', "src"),
    ('<img src="">', "<img>", "no image at all"),
    (
        '<img src="i.png" longdesc="d">',
        '<img src="https://ex.org/2024/i.png" longdesc="https://ex.org/2024/d">',
        "longdesc",
    ),
    (
        '<img src="data:image/png;base64,AA=="><br/>x<!-- -->',
        '<img src="data:image/png;base64,AA=="><br>x',
        "data: image kept",
    ),
    (
        '<blockquote cite="/c">q</blockquote>',
        '<blockquote cite="https://ex.org/c">q</blockquote>',
        "cite",
    ),
    (
        '<table background="/b"><tr><td colspan=2>x</td></tr></table>',
        (
            '<table background="https://ex.org/b"><tbody><tr><td colspan="2">x</td></tr></tbody>'
            "</table>"
        ),
        "table",
    ),
    (
        '<p action="/a" formaction="/b">x</p>',
        "<p>x</p>",
        "action, formaction",
    ),
    (
        '<video poster="/p.png" controls><source src="/v.mp4"><track src="/t"></video>',
        (
            '<video poster="https://ex.org/p.png" controls=""><source src="https://ex.org/v.mp4">'
            '<track src="https://ex.org/t"></video>'
        ),
        "video",
    ),
    (
        '<picture><source srcset="/a.webp"><img src="/a.png"></picture>',
        '<picture><source srcset="https://ex.org/a.webp"><img src="https://ex.org/a.png"></picture>',
        "picture",
    ),
    (
        '<img srcset="/a 1x, /b 2x,/c">',
        '<img srcset="https://ex.org/a 1x, https://ex.org/b 2x, https://ex.org/c">',
        "srcset",
    ),
    (
        '<img srcset="/a,/b , /c, 3x">',
        '<img srcset="https://ex.org/a,/b, https://ex.org/c, https://ex.org/2024/3x">',
        "srcset: URLs with commas",
    ),
    (
        '<img srcset="data:image/png;base64,A,B= 1x, /b 100w">',
        '<img srcset="data:image/png;base64,A,B= 1x, https://ex.org/b 100w">',
        "srcset: data",
    ),
    (
        '<img srcset="/a x(1,2), /b">',
        '<img srcset="https://ex.org/a x(1,2), https://ex.org/b">',
        "srcset: parentheses",
    ),
    ('<img srcset=" , ">', "<img>", "srcset: nothing"),
    (
        '<img srcset="javascript:x 1x, /b 2x">',
        '<img srcset="https://ex.org/b 2x">',
        "srcset: javascript",
    ),
    (
        '<p style="background: URL( /b.png )">x</p>',
        '<p style="background: url(&quot;https://ex.org/b.png&quot;)">x</p>',
        "style url()",
    ),
    (
        """<p style="background:url('b.png'),url(#g),url(),url(data:,)">x</p>""",
        (
            '<p style="background:url(&quot;https://ex.org/2024/b.png&quot;),url(#g),url(),'
            'url(data:,)">x</p>'
        ),
        "style: some urls",
    ),
    (
        '<svg><style>@import "a.css"; p > a { background: url(b.png) }</style></svg>',
        (
            '<svg><style>@import "https://ex.org/2024/a.css"; p > a '
            '{ background: url("https://ex.org/2024/b.png") }</style></svg>'
        ),
        "style element",
    ),
    (
        (
            '<svg viewBox="0 0 1 1"><image href="/i.png"/><use xlink:href="#u"/>'
            '<a href="#a">t</a></svg>'
        ),
        (
            '<svg viewBox="0 0 1 1"><image href="https://ex.org/i.png"></image>'
            f'<use xlink:href="#u"></use><a href="{BASE}#a">t</a></svg>'
        ),
        "SVG",
    ),
]

HYGIENE = [
    ("a<script>x<y</script>b", "ab", "script"),
    ("a<SCRIPT src=/x></SCRIPT>b", "ab", "upper case script"),
    ("<svg><script>x</script><g></g></svg>", "<svg><g></g></svg>", "script in SVG"),
    ("<noscript><b>x</b></noscript>", "<b>x</b>", "noscript's content is for readers"),
    ('<p onclick="x()" class="a  b" onLoad>t</p>', '<p class="a  b">t</p>', "event handlers"),
    ("a<template><p>x</p></template>b", "ab", "template is never shown"),
    ("<base href=/><meta charset=x><link rel=x href=/y>t", "t", "base, meta, link"),
    ("a<!-- c -->b<!--[if IE]>x<![endif]-->c", "abc", "comments"),
    ("<![if !IE]>a<![endif]>", "a", "conditional comments that show"),
    ("<!DOCTYPE html><?php x ?>t", "t", "declarations and instructions"),
    ('<?xml version="1.0"?><p>t</p>', "<p>t</p>", "an XML declaration"),
    ("<![if IE]>https://a.org/", "https://a.org/", "what is left looks like a URL"),
    ("<p><![CDATA[a<b]]></p>", "<p></p>", "CDATA is a comment"),
    ("<svg><desc><![CDATA[a<b]]></desc></svg>", "<svg><desc>a&lt;b</desc></svg>", "but in SVG"),
    (
        (
            '<form action="/s" class="f"><p><label for="e">Your name</label> <input id="e"></p>'
            "<fieldset><legend>L</legend><select><option>o</select></fieldset>"
            "<textarea>x</textarea><button>Go</button><output>1</output></form>"
        ),
        "<div><p>Your name </p><div><div>L</div></div>1</div>",
        "a form leaves its prose",
    ),
    (
        (
            '<li><input type="checkbox" disabled checked> a</li>'
            '<li><input type="checkbox" disabled> b</li>'
        ),
        "<li>☑ a</li><li>☐ b</li>",
        "task list",
    ),
    ('<input type="checkbox">t', "t", "a box to tick is a control"),
    (
        '<iframe src="/f" title="A &amp; B">old</iframe>',
        '<a href="https://ex.org/f">A &amp; B</a>',
        "iframe with a title",
    ),
    (
        '<iframe src="//v.org/1?a&amp;b"></iframe>',
        '<a href="https://v.org/1?a&amp;b">https://v.org/1?a&amp;b</a>',
        "iframe without",
    ),
    (
        "a<iframe></iframe><iframe src=about:blank></iframe><iframe src=javascript:x></iframe>b",
        "ab",
        "iframe of nothing",
    ),
    ('<iframe src="/f" />t', '<a href="https://ex.org/f">https://ex.org/f</a>t', "iframe as XHTML"),
    ('<embed src="/e" title="E">', '<a href="https://ex.org/e">E</a>', "embed"),
    (
        '<object data="/o.svg"> <param name="a"> </object>',
        '<a href="https://ex.org/o.svg">https://ex.org/o.svg</a>',
        "object without a fall-back",
    ),
    (
        '<object data="/o"><img src="https://a.org/i"></object>',
        '<img src="https://a.org/i">',
        "object with a fall-back",
    ),
    ('<object data="/o">Sorry</object>', "Sorry", "object with words"),
    (
        '<object data="/o.svg" type="image/svg+xml">A boat</object>',
        '<img alt="A boat" src="https://ex.org/o.svg">',
        "object that is a picture",
    ),
    (
        '<object data="/o.svg" type="image/svg+xml"><img src="https://a.org/o.png"></object>',
        '<img src="https://a.org/o.png">',
        "object that is a picture, with a fall-back",
    ),
    (
        '<embed src="/o.png" type="image/png">',
        '<img alt="" src="https://ex.org/o.png">',
        "embed that is a picture",
    ),
    ('<applet code="x">Sorry</applet>', "Sorry", "applet"),
    (
        '<img src="wait.gif" data-src="/b.png" data-srcset="/b.png 1x, /c.png 2x">',
        (
            '<img src="https://ex.org/b.png" '
            'srcset="https://ex.org/b.png 1x, https://ex.org/c.png 2x">'
        ),
        "a picture that a script would load",
    ),
    (
        '<iframe data-src="/f"></iframe>',
        '<a href="https://ex.org/f">https://ex.org/f</a>',
        "late frame",
    ),
    ('<p data-src="/f">x</p>', '<p data-src="/f">x</p>', "no picture at all"),
    ('<img src="/a.png" data-src="">', '<img src="https://ex.org/a.png">', "no later picture"),
    ("<xmp>a</xmp>", "<pre>a</pre>", "xmp"),
]

MALFORMED = [
    ("a < b & c <!-- -->", "a &lt; b &amp; c ", "signs are text"),
    ("<p>a<p>b<br/ x>", '<p>a</p><p>b<br x=""></p>', "end tags left out"),
    ("</b>a<i onx>b", "a<i>b</i>", "a stray end and a lost one"),
    ("&unknown; &copy; &nbsp;<!-- -->", "&amp;unknown; © \xa0", "references are characters"),
    ("<p onx>a</p>  \n <p>b</p>", "<p>a</p>  \n <p>b</p>", "white space stays"),
    ("<![odd<i>x</i>", "x", "a section without an end is a comment"),
    ("<p a\"b=c 'd title=x>t</p>", '<p title="x">t</p>', "attributes of no name"),
    (
        "<math><mfrac><mn>1</mn><mspace/></mfrac></math><!-- -->",
        "<math><mfrac><mn>1</mn><mspace></mspace></mfrac></math>",
        "MathML",
    ),
]


REPAIRED = [
    ("<p>a</p></p><p>b</p>", "<p>a</p><p></p><p>b</p>", "a stray end"),
    ("a<br></br>b", "a<br><br>b", "a break closed"),
    ('<i class="icon"/>text', '<i class="icon">text</i>', "an icon closed"),
    ("<div/>text", "<div>text</div>", "a block closed"),
    ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>", "items left open"),
    ('<p class="a" class="b">x</p>', '<p class="a">x</p>', "an attribute twice"),
    (
        '<a href="https://x.org/1">a <a href="https://x.org/2">b</a> c</a>',
        '<a href="https://x.org/1">a </a><a href="https://x.org/2">b</a> c',
        "a link in a link",
    ),
    ("<p>a<div>b</div>c</p>", "<p>a</p><div>b</div>c<p></p>", "a block in a paragraph"),
    ("<b>a<i>b</b>c</i>", "<b>a<i>b</i></b><i>c</i>", "ends that cross"),
    ("<img width=3/>", '<img width="3/">', "a slash in a value"),
    ("<td>x</td>", "x", "a cell without a table"),
    ("<table>x<tr><td>y</table>", "x<table><tbody><tr><td>y</td></tr></tbody></table>", "beside"),
    ("<html><body><p>x</p></body></html>", "<p>x</p>", "a whole page"),
    ("<!-- a", "", "a comment without an end"),
    ("<pre>\n\na</pre><!-- -->", "<pre>\n\na</pre>", "newlines of a listing"),
    ("<emoji>x</emoji><my-tag a=b><p>y</p></my-tag>", "x<p>y</p>", "elements that are none"),
    ("<image src='https://x.org/i'>", '<img src="https://x.org/i">', "a picture by its old name"),
    ("<figcaption><li>a</li></figcaption>", "<figcaption><div>a</div></figcaption>", "no list"),
    ("a\r\nb<!-- -->&#13;", "a\nb&#13;", "carriage returns"),
    ("<p x--y z:a='1' @b=c é=d>x</p>", '<p x--y="" z:a="1">x</p>', "names of attributes"),
]

ALIVE = [
    (
        "<svg><style><img src=x onerror=y></style></svg>",
        '<svg><style></style></svg><img src="https://ex.org/2024/x">',
        "a style in a drawing",
    ),
    ("<svg><style>a{}&lt;b onx></style></svg>", "<svg><style></style></svg>", "or as text"),
    ("<math><style><img onerror=x></style></math>", "<math></math><img>", "a style in a formula"),
    (
        "<svg><a><animate attributeName=href values=javascript:x /><text>t</text></a></svg>",
        "<svg><a><text>t</text></a></svg>",
        "an animated address",
    ),
    (
        "<svg><a><set attributeName='xlink:href' to='&#1;java\tscript:x'/></a></svg>",
        "<svg><a></a></svg>",
        "an address that is set",
    ),
    (
        "<svg><g><animate attributeName='r' values='1;2' to='javascript:x'/></g></svg>",
        '<svg><g><animate attributeName="r" values="1;2"></animate></g></svg>',
        "an animation that moves",
    ),
    ("<svg><g onload=x><foo/><script>x</script></g></svg>", "<svg><g></g></svg>", "in a drawing"),
    ("<svg><use href='data:image/svg+xml,x'/></svg>", "<svg><use></use></svg>", "a drawing used"),
    ("<math href='javascript:x'><mi>x</mi></math>", "<math><mi>x</mi></math>", "a formula's link"),
    (
        "<math><annotation-xml encoding='text/html'><p>a</p></annotation-xml><foo>b</foo></math>",
        "<math>b</math>",
        "a formula that holds HTML",
    ),
    ('<a href="data:text/html,<script>">t</a>', "<a>t</a>", "a page in a link"),
    ('<a href="data:image/svg+xml,<svg>">t</a>', "<a>t</a>", "a drawing in a link"),
    ('<a href=" d\nata:text/html;base64,AA">t</a>', "<a>t</a>", "a page in disguise"),
    (
        '<a href="data:text/plain,hi" download>t</a>',
        '<a href="data:text/plain,hi" download>t</a>',
        "a text in a link",
    ),
    ('<img src="data:text/html,x">', "<img>", "a page as a picture"),
    ('<iframe srcdoc="<p onx>"></iframe>a', "a", "a frame with a document"),
    ('<p style="width:expres/**/sion(x)">a</p>', "<p>a</p>", "a style that runs"),
    (r'<p style="width:\65xpression(x)">a</p>', "<p>a</p>", "a style in escapes"),
    (r'<p style="content:\"\110000">a</p>', r'<p style="content:\">a</p>', "printable escapes"),
    (
        '<p style="scroll-behavior: smooth">a</p>',
        '<p style="scroll-behavior: smooth">a</p>',
        "fine",
    ),
    ('<p style="background:url(javascript:x)">a</p>', "<p>a</p>", "a script in a style"),
    ("<a href='feed:javascript:x'>t</a>", "<a>t</a>", "a script behind another scheme"),
]

PAGE_ONLY = [
    ('<h2>T<a class="headerlink" href="#t" title="Link">¶</a></h2>', "<h2>T</h2>", "Markdown"),
    ('<h2>T <a href="#t">#</a></h2>', "<h2>T </h2>", "a sign behind a heading"),
    (
        '<h2><a class="anchor" aria-hidden="true" href="#t"><svg><g></g></svg></a>T</h2>',
        "<h2>T</h2>",
        "GitHub",
    ),
    ('<p>T<a aria-hidden="true" href="#t">§</a></p>', "<p>T</p>", "hidden from readers"),
    (
        '<h2>T<a class="headerlink" href="#t"><span>Permalink</span>#</a></h2>',
        "<h2>T</h2>",
        "words for those who hear them",
    ),
    ('<h2><b>T</b><a href="#t" aria-hidden="true">Go</a></h2>', "<h2><b>T</b></h2>", "hidden"),
    (
        '<h2><a class="header-anchor" href="#t">T</a></h2>',
        f'<h2><a class="header-anchor" href="{BASE}#t">T</a></h2>',
        "around the words",
    ),
    (
        '<pre><a id="l1"></a><a href="#l1"><span class="linenos">1</span></a>a</pre>',
        '<pre><a id="l1"></a>a</pre>',
        "linked numbers",
    ),
    (
        (
            '<table><tr><td class="lntd"><pre><span class="lnt">1</span></pre></td>'
            '<td class="lntd"><pre>42</pre></td></tr></table>'
        ),
        '<table><tbody><tr><td class="lntd"><pre>42</pre></td></tr></tbody></table>',
        "Chroma",
    ),
    ('<p>T<a href="#t">†</a></p>', f'<p>T<a href="{BASE}#t">†</a></p>', "a footnote"),
    ('<h2>¶ <a href="#t">T</a></h2>', f'<h2>¶ <a href="{BASE}#t">T</a></h2>', "a linked heading"),
    (
        '<h2><a class="toclink" href="#t">T</a></h2>',
        f'<h2><a class="toclink" href="{BASE}#t">T</a></h2>',
        "toclink",
    ),
    (
        '<h2>class="T<a class="headerlink" href="#t">¶</a></h2>',
        '<h2>class="T</h2>',
        "a text that looks like the beginning of a class",
    ),
    ('<a class="anchor" id="t"></a>', '<a class="anchor" id="t"></a>', "a place is no link"),
    (
        '<h2><a class="anchor" href="#t"><img src="https://x.org/i"></a></h2>',
        f'<h2><a class="anchor" href="{BASE}#t"><img src="https://x.org/i"></a></h2>',
        "a picture",
    ),
    (
        (
            '<table class="highlighttable"><tr><td class="linenos"><pre>1\n2</pre></td>'
            '<td class="code"><pre>a\nb</pre></td></tr></table>'
        ),
        (
            '<table class="highlighttable"><tbody><tr><td class="code"><pre>a\nb</pre></td></tr>'
            "</tbody></table>"
        ),
        "numbers of lines beside a listing",
    ),
    (
        '<pre><span class="linenos">1</span>a <small class="ln">2 </small>b</pre>',
        "<pre>a b</pre>",
        "numbers of lines in a listing",
    ),
    ('<b class="ln">Length</b>', '<b class="ln">Length</b>', "a class with another meaning"),
    (
        (
            '<span class="katex"><span class="katex-mathml"><math><mi>x</mi></math></span>'
            '<span class="katex-html" aria-hidden="true">x</span></span>'
        ),
        "<math><mi>x</mi></math>",
        "KaTeX",
    ),
    (
        (
            '<mjx-container jax="CHTML"><mjx-math aria-hidden="true"><mjx-mi>x</mjx-mi></mjx-math>'
            "<mjx-assistive-mml><math><mi>x</mi></math></mjx-assistive-mml></mjx-container>"
        ),
        "<math><mi>x</mi></math>",
        "MathJax",
    ),
    ('<span class="katex">x</span>', '<span class="katex">x</span>', "without MathML"),
    (
        '<pre>a</pre><clipboard-copy><svg></svg></clipboard-copy><a class="copybtn">Copy</a>',
        "<pre>a</pre>",
        "buttons that copy",
    ),
]

LATE = [
    ('<img src="d.gif" data-original="/a.jpg">', '<img src="https://ex.org/a.jpg">', "jQuery"),
    (
        '<img data-lazy-src="/a.jpg" data-lazy="true">',
        '<img src="https://ex.org/a.jpg">',
        "Jetpack",
    ),
    (
        '<img data-srcset="/a.jpg 2x" data-sizes="auto">',
        '<img srcset="https://ex.org/a.jpg 2x" src="https://ex.org/a.jpg">',
        "sizes that a script works out",
    ),
    (
        '<img src="data:," data-srcset="/a.jpg 1x, /b.jpg 2x">',
        (
            '<img src="https://ex.org/a.jpg"'
            ' srcset="https://ex.org/a.jpg 1x, https://ex.org/b.jpg 2x">'
        ),
        "only a set",
    ),
    (
        '<img src="data:," data-id="7" data-our-loader="/a.JPG?x=1.2" data-text="no a.jpg">',
        '<img src="https://ex.org/a.JPG?x=1.2" data-id="7" data-text="no a.jpg">',
        "a script that is not known",
    ),
    (
        '<img src="#" data-zoom="/z"><img src="/b.jpg" data-zoom="/z.jpg">',
        (
            '<img src="https://ex.org/2024/a.html" data-zoom="/z">'
            '<img src="https://ex.org/b.jpg" data-zoom="/z.jpg">'
        ),
        "what is no picture, or no placeholder",
    ),
    (
        '<img data-src="/a.jpg"> <noscript><img src="/a.jpg" alt="A"></noscript>',
        '<img src="https://ex.org/a.jpg"> ',
        "the same without scripts",
    ),
    (
        '<noscript><img src="/a.jpg"></noscript>\n<img data-src="/a.jpg">',
        '\n<img src="https://ex.org/a.jpg">',
        "the same before",
    ),
    (
        '<p><a href="/b"><img src="data:,"></a><noscript><img src="/a.jpg"></noscript></p>',
        '<p><a href="https://ex.org/b"><img src="https://ex.org/a.jpg"></a></p>',
        "a placeholder",
    ),
    (
        '<img class="lazyload" src="/dot.gif"><noscript><img src="/a.jpg" alt="A"></noscript>',
        '<img src="https://ex.org/a.jpg" alt="A">',
        "a placeholder by its class",
    ),
    (
        '<img src="/b.jpg"><noscript><img src="/count.gif"></noscript>',
        '<img src="https://ex.org/b.jpg"><img src="https://ex.org/count.gif">',
        "two pictures",
    ),
    (
        '<img src="/b.jpg"><noscript><video src="/v"></video></noscript>',
        '<img src="https://ex.org/b.jpg"><video src="https://ex.org/v"></video>',
        "a picture and a film",
    ),
    (
        '<iframe data-src="/f"></iframe><noscript><iframe src="/f"></iframe></noscript>',
        '<a href="https://ex.org/f">https://ex.org/f</a>',
        "a frame",
    ),
    ("a<noscript>b</noscript>c", "abc", "words"),
    (
        '<img src="https://ex.org/a.jpg"><noscript><img src="/a.jpg"></noscript>',
        '<img src="https://ex.org/a.jpg">',
        "one address in two spellings",
    ),
    (
        '<div><img data-src="/a.jpg"></div><p><i><noscript><img src="/a.jpg"></noscript></i>',
        '<div><img src="https://ex.org/a.jpg"></div><p><i></i></p>',
        "far apart",
    ),
]

FILMS = [
    ("https://www.youtube.com/embed/a-B_1?rel=0", "https://www.youtube.com/watch?v=a-B_1"),
    ("//www.youtube-nocookie.com/embed/a1?start=30", "https://www.youtube.com/watch?v=a1&t=30"),
    (
        "https://www.youtube.com/embed/videoseries?list=PL1",
        "https://www.youtube.com/playlist?list=PL1",
    ),
    ("https://player.vimeo.com/video/12?title=0", "https://vimeo.com/12"),
    ("https://player.vimeo.com/video/12?h=0a1b", "https://vimeo.com/12/0a1b"),
    ("https://www.dailymotion.com/embed/video/x1", "https://www.dailymotion.com/video/x1"),
    ("https://geo.dailymotion.com/player.html?video=x1", "https://www.dailymotion.com/video/x1"),
    ("https://player.twitch.tv/?video=v12&parent=x", "https://www.twitch.tv/videos/12"),
    ("https://player.twitch.tv/?channel=ann&parent=x", "https://www.twitch.tv/ann"),
    (
        "https://tube.example/videos/embed/9c9de5e8-0a1e",
        "https://tube.example/videos/watch/9c9de5e8-0a1e",
    ),
    (
        "//player.bilibili.com/player.html?bvid=BV1&page=1",
        "https://www.bilibili.com/video/BV1",
    ),
    ("https://www.loom.com/embed/0a?x", "https://www.loom.com/share/0a"),
    ("https://streamable.com/e/0a", "https://streamable.com/0a"),
    ("https://www.youtube.com/v/a1?version=3", "https://www.youtube.com/watch?v=a1"),
    ("https://archive.org/embed/film", "https://archive.org/details/film"),
    ("https://open.spotify.com/embed/track/1?x", "https://open.spotify.com/track/1"),
    ("https://embed.ted.com/talks/ann_lee", "https://www.ted.com/talks/ann_lee"),
    ("https://asciinema.org/a/1/iframe?x", "https://asciinema.org/a/1"),
    ("https://media.ccc.de/v/37c3-1/oembed", "https://media.ccc.de/v/37c3-1"),
    ("https://codepen.io/ann/embed/preview/xY?x", "https://codepen.io/ann/pen/xY"),
    (
        "https://www.youtube.com/embed/live_stream?channel=x",
        "https://www.youtube.com/embed/live_stream?channel=x",
    ),
    ("https://player.twitch.tv/?x=y", "https://player.twitch.tv/?x=y"),
    ("https://maps.example/embed?pb=1", "https://maps.example/embed?pb=1"),
]

TABLES = URLS + HYGIENE + MALFORMED + REPAIRED + ALIVE + PAGE_ONLY + LATE


@pytest.mark.parametrize(("html", "fitting"), [pytest.param(a, b, id=why) for a, b, why in TABLES])
def test_what_is_cleaned(html, fitting):
    assert fit(html, BASE) == fitting
    assert fit(fitting, BASE) is fitting


@pytest.mark.parametrize(("source", "page"), FILMS)
def test_a_link_to_a_film_leads_to_its_page(source, page):
    link = f'<a href="{escape(page)}">{{}}</a>'
    assert fit(f'<iframe src="{escape(source)}"></iframe>', BASE) == link.format(escape(page))
    assert fit(f'<embed src="{escape(source)}" title="T">', BASE) == link.format("T")


def test_a_player_that_a_script_brings_is_a_film_too():
    player = '<lite-youtube videoid="a1" playlabel="T"><button>Play</button></lite-youtube>'
    assert fit(player, BASE) == '<a href="https://www.youtube.com/watch?v=a1">T</a>'
    assert fit("<lite-vimeo></lite-vimeo>a", BASE) == "a"


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("", id="nothing"),
        pytest.param("Words & more &amp; &unknown; > x", id="words"),
        pytest.param('<p class="a">x</p>\n<hr/><br>', id="paragraphs"),
        pytest.param('<a href="https://a.org/?a=1&amp;b=2" rel=me>x</a>', id="an absolute link"),
        pytest.param("<A HREF='mailto:a@b.org' TITLE='t'>x</A >", id="upper case"),
        pytest.param('<a href="tel:1">x</a><img src="data:image/png;base64,AA==">', id="no page"),
        pytest.param('<p style="color: red" dir=ltr>x</p>', id="style without a URL"),
        pytest.param('<p data-x="on" lang="en">switch on one</p>', id="no event handler"),
        pytest.param("<svg><path d='M0'></path></svg>", id="a drawing"),
        pytest.param("<table>\n<thead>\n<tr>\n<th>x</th></tr></thead></table>", id="a table"),
        pytest.param("<pre>\n\nx</pre><ul><li>a<ul><li>b</li></ul></li></ul>", id="a list"),
        pytest.param("<PRE CLASS=a>\nx</PRE><p title=''>x</p>", id="other spellings"),
        pytest.param("x" * 1_000_000, id="long"),
        pytest.param("<div>" * 100 + "</div>" * 100, id="deep"),
    ],
)
def test_what_is_in_order_is_not_touched(html):
    assert fit(html, BASE) is html


@pytest.mark.parametrize("base", ["", "a.html", "/2024/a.html", "file:///a.html"])
def test_without_a_site_urls_stay_and_the_rest_is_fixed(base):
    html = '<a href="../x" onclick="y">t</a><img srcset="a 1x" style="b:url(c)">'
    fitting = '<a href="../x">t</a><img srcset="a 1x" style="b:url(c)">'
    assert fit(html, base) == fitting


def test_listings_keep_every_character():
    source = "if a < b && c > \"d\":\n\n    print('&amp;')  \n  # <script>"
    html = markdown(f"``` html\n{source}\n```\n\n[x](y)", extensions=["fenced_code"])
    fitting = fit(html, BASE)
    assert fitting != html
    [code] = [each for each in elements(parse(fitting)) if each.name == "code"]
    assert text_of(code) == source + "\n"


def test_footnotes_of_markdown_lead_to_the_article():
    html = markdown("Text[^1].\n\n[^1]: Note.", extensions=["extra"])
    links = [each for each in elements(parse(fit(html, BASE))) if each.name == "a"]
    assert [link.attributes["href"] for link in links] == [f"{BASE}#fn:1", f"{BASE}#fnref:1"]
    assert 'id="fn:1"' in fit(html, BASE)


@pytest.mark.parametrize("name", ["b", "form", "label", "object", "button", "svg", "span"])
def test_deep_nesting_is_survived(name):
    html = f"<{name}>" * 20_000 + '<i onclick="x">' + f"</{name}>" * 20_000 + "words"
    assert words(fit(html, BASE)) == "words"
    assert fit(html, BASE).count(f"<{name}") <= 200


def test_a_script_deep_down_goes_with_all_that_is_in_it():
    assert words("<div>" * 300 + "<script>x</script>y") == "y"


def test_of_very_many_attributes_the_first_are_kept():
    html = f"<p {' '.join(f'a{number}' for number in range(10_000))} onclick=x>y</p>"
    assert fit(html, BASE).count('=""') == 200


def test_what_never_comes_to_rest_is_text(monkeypatch):
    monkeypatch.setattr(sanitizer, "MOST_TIMES", 1)
    assert fit("<big onclick=x>a &lt; b</big>", BASE) == "a &lt; b"


WORDS = [
    ("<p>One</p><p>two</p>", "One two", "blocks"),
    ("a<br>b<em>c</em>", "a bc", "a break, and none"),
    ("a &amp; &lt;b&gt;&nbsp;c", "a & <b> c", "references"),
    ('<h2>T<a class="headerlink" href="#t">¶</a></h2><p>x', "T x", "permalinks"),
    ("<svg><title>t</title><style>a{}</style><text>x</text></svg>", "x", "a drawing"),
    (
        "<math><semantics><mi>x</mi><annotation>x^2</annotation></semantics></math>",
        "x",
        "a formula, once",
    ),
    ("<script>x</script><!-- y -->z", "z", "what is not shown"),
    ("", "", "nothing"),
]


@pytest.mark.parametrize(("html", "text"), [pytest.param(a, b, id=why) for a, b, why in WORDS])
def test_the_words_of_html(html, text):
    assert words(html) == text


PIECES = st.sampled_from(
    [
        *("<a href=", "<img src=", "<img srcset=", "<p style=", "<p onx=", "<b ", "<br/", "<svg "),
        *("<iframe src=", "<object data=", "<form>", "<input>", "<pre>", "<style>", "</style>"),
        *("<script>", "</script>", "<!--", "-->", "<![", "<![CDATA[", "]]>", "<?", "<!", "</", "<"),
        *(">", '"', "'", "/", "=", "&", "&amp;", "&lt;", "&#x6a;", "#f", "//", "../x", " ", "\n"),
        *("https://a.org/", "javascript:", "data:image/png,", "url(", "(", ")", ",", " 2x", "\\"),
        *("<p>", "</p>", "</a>", "</b>", "<title>", "<textarea>", "<noscript>", "<p\tclass=x>"),
        *('<a href="https://a.org/?a&b">', "<p class='x' id=y>", "words", "\x00", "\xa0", "\ud800"),
    ]
)
HTML = st.lists(PIECES | st.text(max_size=5), max_size=25).map("".join)


@settings(max_examples=300)
@given(HTML | st.text(), st.sampled_from([BASE, "", "https://[", 'http://x/"(\\']))
@example("<a\xa0href=x>", BASE)
@example("<a/href=x>", BASE)
@example("<![\ud800", BASE)
@example("<p on=x>", BASE)
@example("<a href='https://a' HREF=x>", BASE)
def test_it_never_raises_and_a_second_time_changes_nothing(html, base):
    once = fit(html, base)
    assert fit(once, base) == once


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r")))
def test_escaped_text_survives(text):
    fitting = fit(f'<pre onclick="x">{escape(text)}</pre>', BASE)
    assert fitting.startswith("<pre>")
    assert text_of(parse(fitting)) == text.removeprefix("\n")
