"""The sandbox's page by itself: it fetches nothing from elsewhere, runs no text as code, and is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sandbox

PAGE = Path(sandbox.__file__).parent / "page"
FILES = {path.name: path.read_text(encoding="utf-8") for path in sorted(PAGE.iterdir()) if path.is_file()}
SCRIPTS = [name for name in FILES if name.endswith(".js")]
STYLES = [name for name in FILES if name.endswith(".css")]
NAMESPACE = "http://www.w3.org/2000/svg"  # the name of a vocabulary; nobody fetches it
ELSEWHERE = re.compile(r"(?:https?:)?//[\w.-]+\.\w+|@import|url\(|@font-face")
MARKUP = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc")
CODE = re.compile(r"\beval\b|new Function|set(?:Timeout|Interval)\([\"'`]")
IMPORT = re.compile(r"import\s*\{([^}]*)\}\s*from\s*\"([^\"]+)\"")


@pytest.mark.parametrize("name", FILES)
def test_a_page_file_names_no_address_elsewhere(name: str) -> None:
    without_comments = re.sub(r"^\s*//.*$", "", FILES[name], flags=re.MULTILINE)
    assert ELSEWHERE.findall(without_comments.replace(NAMESPACE, "")) == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_makes_neither_markup_nor_code_from_text(name: str) -> None:
    assert MARKUP.findall(FILES[name]) + CODE.findall(FILES[name]) == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_imports_only_what_its_neighbours_export(name: str) -> None:
    for names, module in IMPORT.findall(FILES[name]):
        exported = FILES[module.removeprefix("./")]
        for each in filter(None, (word.strip() for word in names.split(","))):
            assert re.search(rf"export (?:async )?(?:function|const|let) {each}\b", exported), each


def test_the_document_holds_no_code_or_style_of_its_own() -> None:
    assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", FILES["index.html"]) == []


def test_the_document_names_every_stylesheet_and_only_files_that_are_there() -> None:
    named = set(re.findall(r"(?:src|href)=\"/page/([^\"]+)\"", FILES["index.html"]))
    assert named <= FILES.keys()
    assert set(STYLES) <= named
