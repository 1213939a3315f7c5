"""CSVs as people and programs make them, and what each must give: its rows, or a sentence."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

A, B, C = "12065550100", "12065550101", "14255550102"
Row = tuple[int, str]  # the row's number, and its phone or a word of the reason


@dataclass(frozen=True)
class Case:
    """`gives`: each row with its number; or `says`: what stands in the sentence."""

    name: str
    data: bytes
    gives: Sequence[Row] = ()
    says: str = ""
    column: str = ""
    note: str = ""


def zipped(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "206 555 0100")
    return made.getvalue()


NAMES = "name,phone\nJosé,206 555 0100\nZoë,206 555 0101\n"
THREE: Sequence[Row] = [(2, A), (3, B)]
LIST = "phone\n2065550100\n2065550101\n"
SEMI = "Name;Telefon\nÄnne;206 555 0100\nJörg;206 555 0101\n"

PLAIN = [
    Case("one number", b"2065550100", [(1, A)], column="column A"),
    Case("no heading", b"2065550100\n2065550101\n", [(1, A), (2, B)]),
    Case("heading", LIST.encode(), THREE, column="column A (“phone”)"),
    Case("second column", b"name,phone\nAna,206-555-0100\nBen,(206) 555-0101\n", THREE, column="column B"),
    Case("no heading, second column", b"Ana,2065550100\nBen,2065550101\n", [(1, A), (2, B)]),
    Case("heading that says nothing", b"a,b\nAna,2065550100\nBen,2065550101\n", THREE),
    Case("heading that names none", b"customer\n2065550100\n2065550101\n", THREE),
    Case("title over the heading", b"Contacts of May\n\nname,phone\nAna,2065550100\n", [(4, A)]),
    Case("blank rows count", b"phone\n\n2065550100\n\n\n2065550101\n", [(3, A), (6, B)]),
    Case(
        "rows of commas alone count", b"name,phone\n,,\nAna,2065550100\n , \nBen,2065550101", [(3, A), (5, B)]
    ),
    Case("cell over two lines is one row", b'name,phone\n"Ana\nSilva",2065550100\nBen,2065550101\n', THREE),
    Case(
        "cell over several lines, with a phone of its own",
        b'name,phone\n"Ana\n12 Main St, Seattle\n425 555 0102",2065550100\nBen,2065550101\n',
        THREE,
    ),
    Case("comma in quotes", b'name,phone\n"Silva, Ana",2065550100\n"Lee, Ben",2065550101\n', THREE),
    Case("quotes in quotes", b'name,phone\n"Ana ""A"" Silva",2065550100\nBen,2065550101\n', THREE),
    Case("all quoted", b'"name","phone"\r\n"Ana","2065550100"\r\n"Ben","2065550101"\r\n', THREE),
    Case("quotes escaped by backslash", b'name,phone\n"Ana \\"A\\" S",2065550100\nBen,2065550101\n', THREE),
    Case("space after the comma", b'name, phone\n"Silva, A", "2065550100"\nBen, 2065550101\n', THREE),
    Case("quote within a word", b'size,phone\n5" pipe,2065550100\n6" pipe,2065550101\n', THREE),
    Case("shorter row", b"name,phone\nAna\nBen,2065550101\n", [(2, "missing"), (3, B)]),
    Case("longer row", b"phone,name\n2065550100,Ana,x,y,z\n2065550101,Ben\n", THREE),
    Case("first row without its number", b"name,phone\nAna,\nBen,2065550101\n", [(2, "missing"), (3, B)]),
    Case(
        "comma not in quotes",
        b"name,phone\nSilva, Ana,2065550100\nBen,2065550101\nCy,4255550102\n",
        [(2, "not a phone"), (3, B), (4, C)],
    ),
    Case("a total at the end", b"phone\n2065550100\n2065550101\nTotal 2\n", [*THREE, (4, "not a phone")]),
    Case("same number twice", b"phone\n2065550100\n+1 206 555 0100\n", [(2, A), (3, A)]),
]

DELIMITED = [
    Case("semicolons", SEMI.encode(), THREE, column="column B (“Telefon”)"),
    Case("tabs", b"name\tphone\nSilva, Ana\t2065550100\nLee; Ben\t2065550101\n", THREE),
    Case("pipes", b"name|phone\nSilva, Ana|2065550100\nLee, Ben|2065550101\n", THREE),
    Case("sep line", b"sep=;\nname;phone\nSilva, Ana;2065550100\nBen;2065550101\n", THREE),
    Case("sep line in capitals", b"SEP=,\r\nname,phone\r\nAna,2065550100\r\nBen,2065550101\r\n", THREE),
    Case("sep line, a tab", b"sep=\t\nname\tphone\nAna\t2065550100\nBen\t2065550101\n", THREE),
    Case("sep line in quotes", b'"sep=|"\nname|phone\nAna|2065550100\nBen|2065550101\n', THREE),
    Case("sep line, an odd one", b"sep=^\nname^phone\nAna^2065550100\nBen^2065550101\n", THREE),
    Case("sep line in UTF-16", ("sep=;\n" + SEMI).encode("utf-16"), THREE),
    Case("sep line behind a mark", b"\xef\xbb\xbfsep=;\nn;phone\nAna;2065550100\nBen;2065550101\n", THREE),
    Case("sep line alone", b"sep=;\n", says="The file is empty."),
    Case("old Mac line ends", b"name,phone\rAna,2065550100\rBen,2065550101\r", THREE),
    Case("Windows line ends", b"name,phone\r\nAna,2065550100\r\nBen,2065550101", THREE),
    Case("line ends mixed", b"name,phone\r\nAna,2065550100\rBen,2065550101\n", THREE),
    Case("decimal commas", b"name;phone;sum\nAna;2065550100;1,5\nBen;2065550101;2,75\n", THREE),
    Case("commas in a text between tabs", b"a, b\tphone\tc, d, e\nx, y\t2065550100\tz, z, z\n", [(2, A)]),
]

ENCODED = [
    Case("UTF-8", NAMES.encode(), THREE),
    Case("UTF-8 with its mark", NAMES.encode("utf-8-sig"), THREE, column="column B (“phone”)"),
    Case("UTF-8 with its mark, one column", LIST.encode("utf-8-sig"), THREE, column="column A (“phone”)"),
    Case("UTF-16 with its mark", NAMES.encode("utf-16"), THREE),
    Case("UTF-16 LE without a mark", NAMES.encode("utf-16-le"), THREE),
    Case("UTF-16 BE without a mark", NAMES.encode("utf-16-be"), THREE),
    Case("UTF-16 BE with its mark", b"\xfe\xff" + NAMES.encode("utf-16-be"), THREE),
    Case("UTF-16 with tabs: Excel's Unicode text", NAMES.replace(",", "\t").encode("utf-16"), THREE),
    Case("UTF-32 with its mark", NAMES.encode("utf-32"), THREE),
    Case("UTF-16 cut in half a character", NAMES.encode("utf-16")[:-1], [(2, A), (3, "could not be read")]),
    Case("Windows-1252", NAMES.encode("cp1252"), THREE),
    Case("Latin-1", NAMES.encode("latin-1"), THREE),
    Case("MacRoman", NAMES.encode("mac_roman"), THREE),
    Case("code page 437", NAMES.encode("cp437"), THREE),
    Case("Windows-1251", "имя,phone\nАнна,2065550100\nБорис,2065550101\n".encode("cp1251"), THREE),
    Case("Shift JIS", "名前,phone\n山田 太郎,2065550100\n佐藤 花子,2065550101\n".encode("cp932"), THREE),
    Case("GB 18030", "姓名,phone\n王小明,2065550100\n李雷,2065550101\n".encode("gb18030"), THREE),
    Case(
        "Windows-1252, hard spaces in numbers",
        "phone\n206\xa0555\xa00100\n206–555–0101\n".encode("cp1252"),
        THREE,
    ),
    Case(
        "MacRoman, hard spaces in numbers",
        "phone\n206\xa0555\xa00100\n206–555–0101\n".encode("mac_roman"),
        THREE,
    ),
    Case("UTF-8, hard spaces and dashes", "phone\n206\u202f555\xa00100\n206‑555‑0101\n".encode(), THREE),
    Case("one broken byte in UTF-8", NAMES.encode() + b"\xc3,4255550102\n", [*THREE, (4, C)]),
    Case(
        "a broken byte in a number",
        b"phone,x\n2065550100,\xc3\xa9\n206\x815550101,\xc3\xa9\n",
        [(2, A), (3, "phone")],
    ),
    Case(
        "odd letters late",
        b"phone,name\n" + b"2065550100,Ana\n" * 6000 + "206\xa0555\xa00101,Zoë".encode("cp1252"),
        [*[(n, A) for n in range(2, 6002)], (6002, B)],
    ),
]

DRESSED = [
    Case("apostrophe", b"phone\n'2065550100\n'2065550101\n", THREE),
    Case("text by formula", b'phone\n="2065550100"\n="2065550101"\n', THREE),
    Case("text by formula, quoted", b'phone\n"=""2065550100"""\n"=""2065550101"""\n', THREE),
    Case("equals sign", b"phone\n=2065550100\n=12065550101\n", THREE),
    Case("trailing .0", b"phone\n2065550100.0\n12065550101.0\n", THREE),
    Case("trailing ,00", b"a;phone\nx;2065550100,00\ny;2065550101,0\n", THREE),
    Case("spaces around", b"phone\n  2065550100  \n\t2065550101 \n", THREE),
    Case("zero width", "phone\n\u200b2065550100\u200b\n\u202a206\u200b5550101\u202c\n".encode(), THREE),
    Case("full-width digits", "phone\n２０６５５５０１００\n2065550101\n".encode(), THREE),
    Case("curly quotes", "phone\n“2065550100”\n‘2065550101’\n".encode(), THREE),
    Case("plus", b"phone\n+12065550100\n+1 (206) 555-0101\n", THREE),
    Case("tel:", b"phone\ntel:+12065550100\ntel:2065550101\n", THREE),
    Case("powers of ten", b"name,phone\nAna,2.06555E+09\nBen,2065550101\n", [(2, "power of ten"), (3, B)]),
    Case(
        "powers of ten with commas",
        b"name;phone\nAna;2,06555E+09\nBen;2065550101\n",
        [(2, "power of ten"), (3, B)],
    ),
    Case(
        "powers of ten alone",
        b"name,phone\nAna,2.06555E+09\nBen,2.06555e+09\n",
        [(2, "power of ten"), (3, "power of ten")],
    ),
    Case("powers of ten alone, no heading", b"2.06555E+09\n2.06555E+09\n", says="shortened"),
    Case(
        "formula", b'phone\n"=HYPERLINK(""http://x"",""2065550100"")"\n2065550101\n', [(2, "formula"), (3, B)]
    ),
    Case("formula with a command", b"phone\n=cmd|' /C calc'!A0\n2065550101\n", [(2, "formula"), (3, B)]),
    Case("formula at", b"phone\n@SUM(A1:A9)\n2065550101\n", [(2, "formula"), (3, B)]),
    Case("formula plus", b"phone\n+A1\n2065550101\n", [(2, "formula"), (3, B)]),
    Case("error cells", b"phone\n#N/A\n#REF!\n2065550101\n", [(2, "error"), (3, "error"), (4, B)]),
    Case(
        "words for none",
        b"phone\nn/a\nNULL\n-\n2065550101\n",
        [(2, "missing"), (3, "missing"), (4, "missing"), (5, B)],
    ),
    Case(
        "two numbers in a cell",
        b"phone\n206 555 0100 and 206 555 0101\n2065550101\n",
        [(2, "more than one"), (3, B)],
    ),
    Case(
        "short, long, foreign",
        b"phone\n5550100\n20655501000\n+442079460000\n2065550101\n2065550101\n2065550101\n",
        [(2, "not a US"), (3, "not a US"), (4, "Only US"), (5, B), (6, B), (7, B)],
    ),
    Case("a fraction", b"phone\n206555010.5\n2065550101\n", [(2, "fraction"), (3, B)]),
    Case("extension", b"phone\n206-555-0100 x12\n2065550101\n", [(2, "not a phone"), (3, B)]),
    Case("no area", b"phone\n0065550100\n2065550101\n", [(2, "not a US"), (3, B)]),
]

COLUMNS = [
    Case(
        "phone and order number",
        b"Order,Phone\n3125550199,2065550100\n3125550198,2065550101\n",
        THREE,
        column="column B (“Phone”)",
        note="column A (“Order”) was left alone",
    ),
    Case(
        "phone and dates of texts",
        b"Phone,SMS consent date,Phone verified on\n"
        b"2065550100,2024-01-01,1/2/2024\n2065550101,2024-01-02,1/2/2024\n",
        THREE,
        column="column A (“Phone”)",
    ),
    Case(
        "number and dates of texts",
        b"Number,SMS consent date\n2065550100,2024-01-01\n2065550101,2024-01-02\n",
        THREE,
        column="column A",
    ),
    Case(
        "phone and fax",
        b"fax,phone\n3125550199,2065550100\n3125550198,2065550101\n",
        THREE,
        column="column B",
    ),
    Case(
        "spoilt phones and order numbers",
        b"Order,Phone\n3125550199,2.06E+09\n3125550198,2065550101\n",
        [(2, "power of ten"), (3, B)],
        column="column B",
    ),
    Case(
        "home and mobile",
        b"Home phone,Mobile phone\n2065550100,4255550102\n2065550101,4255550103\n",
        says="phone numbers in column A (“Home phone”) and column B (“Mobile phone”), and nothing says which",
    ),
    Case(
        "two columns without heading",
        b"2065550100,4255550102\n2065550101,4255550103\n",
        says="phone numbers in column A and column B",
    ),
    Case(
        "two columns with the same numbers",
        b"Phone,Mobile\n2065550100,206 555 0100\n2065550101,2065550101\n",
        THREE,
        note="column B (“Mobile”) was left alone",
    ),
    Case(
        "mobile that most do not have, and home",
        b"Name,Mobile,Home phone\nAva,n/a,4255550102\nBen,2065550101,4255550103\nCleo,none,4255550104\n",
        says="phone numbers in column B (“Mobile”) and column C (“Home phone”)",
    ),
    Case(
        "customers abroad, and the agent who calls them",
        b"Customer phone,Agent phone\n+44 20 7946 0958,2065550199\n+44 20 7946 0959,2065550199\n"
        b"2065550101,2065550199\n",
        says="phone numbers in column A (“Customer phone”) and column B (“Agent phone”)",
    ),
    Case(
        "cell that most do not say, and whom to call then",
        b"Name,Cell #,Emergency contact\nAva,refused,4255550102\nBen,2065550101,4255550103\n"
        b"Cleo,refused,4255550104\n",
        [(2, "not a phone number"), (3, B), (4, "not a phone number")],
        column="column B",
        note="column C (“Emergency contact”) was left alone",
    ),
    Case(
        "mobile that nobody has, and what looks like one",
        b"Account,Mobile\n2065550100,\n2065550101,n/a\n",
        says="no phone number in column B (“Mobile”), and some in column A (“Account”)",
    ),
    Case(
        "mobile, and home that is mostly empty",
        b"Home phone,Mobile phone\n,2065550100\n,2065550101\n",
        THREE,
        column="column B",
    ),
    Case(
        "phone type beside it",
        b"Phone type,Number\nmobile,2065550100\nhome,2065550101\n",
        THREE,
        column="column B (“Number”)",
    ),
    Case(
        "opt-in beside it",
        b"phone_optin,cellNumber\nyes,2065550100\nno,2065550101\n",
        THREE,
        column="column B",
    ),
    Case(
        "accent in the heading",
        "nom,Téléphone\nAna,2065550100\nBen,2065550101\n".encode(),
        THREE,
        column="column B",
    ),
    Case(
        "ids that are no phones", b"id,name,phone\n1234567890123456,Ana,2065550100\n1,Ben,2065550101\n", THREE
    ),
    Case("a formula as heading", b'"=1+1 phone"\n2065550100\n2065550101\n', THREE),
    Case(
        "column AB",
        b"," * 27 + b"phone\n" + b"x," * 27 + b"2065550100\n",
        [(2, A)],
        column="column AB (“phone”)",
    ),
    Case("numbers in the notes only", b"name,notes\nAna,call 206 555 0100\nBen,none\n", says="No column"),
    Case("no numbers", b"name,city\nAna,Seattle\nBen,Tacoma\n", says="No column of this file holds"),
    Case("foreign numbers alone", b"phone\n+442079460000\n+442079460001\n", [(2, "Only US"), (3, "Only US")]),
    Case("phones all missing", b"name,phone\nAna,\nBen,\n", says="No column"),
]

NO_CSV = [
    Case("nothing", b"", says="The file is empty."),
    Case("a mark alone", b"\xef\xbb\xbf", says="The file is empty."),
    Case("white space", b" \r\n\t\n  \n", says="The file is empty."),
    Case("commas", b",,,\n,,,\n", says="The file is empty."),
    Case("heading alone", b"name,phone\n", says="a heading, and no rows"),
    Case("heading and blank rows", b"name,phone\n\n,\n", says="a heading, and no rows"),
    Case("xlsx", zipped("[Content_Types].xml", "xl/workbook.xml"), says="Excel workbook (.xlsx)"),
    Case("ods", zipped("mimetype-application/vnd.oasis.opendocument.spreadsheet"), says="(.ods)"),
    Case("docx", zipped("[Content_Types].xml", "word/document.xml"), says="Word document"),
    Case("Numbers", zipped("Index/Document.iwa"), says="In Numbers choose File, Export To, CSV"),
    Case("zip of a CSV", zipped("list.csv"), says="This is a zip archive"),
    Case("empty zip", b"PK\x05\x06" + bytes(18), says="This is a zip archive"),
    Case("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), says="old Excel workbook (.xls)"),
    Case(
        "xls that is HTML",
        b'<html xmlns:x="urn:schemas"><table><tr><td>2065550100</td></tr>',
        says="web page (HTML)",
    ),
    Case("login page", b"<!DOCTYPE html>\n<html><title>Slack</title>", says="web page (HTML)"),
    Case("HTML in UTF-16", "<html><body>2065550100".encode("utf-16"), says="web page (HTML)"),
    Case("XML", b'<?xml version="1.0"?>\n<Workbook>', says="This is XML"),
    Case("JSON list", b'[{"phone": "2065550100"}]', says="This is JSON"),
    Case("JSON object", b'{\n  "phones": ["2065550100"]\n}', says="This is JSON"),
    Case("JSON lines", b'{"phone":"2065550100"}\n{"phone":"2065550101"}\n', says="This is JSON"),
    Case("JSON numbers", b"[2065550100, 2065550101]", says="This is JSON"),
    Case("PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", says="This is a PDF"),
    Case("gzip", gzip.compress(LIST.encode()), says="compressed file (gzip)"),
    Case("RTF", b"{\\rtf1\\ansi 2065550100}", says="a word processor"),
    Case("vCard", b"BEGIN:VCARD\nTEL:2065550100\nEND:VCARD", says="This is a vCard"),
    Case("PNG", b"\x89PNG\r\n\x1a\n" + bytes(64), says="This is a picture"),
    Case("a program", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 8, says="This is not text"),
    Case("random bytes", bytes((n * n * 7 + n) % 256 for n in range(5000)), says="not text"),
    Case("NUL bytes", b"phone\n2065550100\n206\x005550101\n" + b"2065550101\n" * 100, says="NUL bytes"),
    Case("NUL bytes late", b"phone\n" + b"2065550100\n" * 9000 + b"\x00\n", says="NUL bytes"),
    Case("NUL bytes alone", bytes(1000), says="This is not text"),
]

BROKEN = [
    Case(
        "quote not closed",
        b'name,phone\n"Ana,2065550100\nBen,2065550101\n',
        says='quotes (") do not match from row 2',
    ),
    Case(
        "quote not closed, at the end", b'phone,name\n2065550100,Ana\n2065550101,"Ben', says="from row 3 on"
    ),
    Case(
        "quote not closed, far on",
        b'phone,name\n2065550100,Ana\n2065550101,"Ben\n' + b"2065550100,Ana\n" * 9000,
        says="Row 3 is longer than 100,000 characters",
    ),
    Case(
        "quotes that make one row of two",
        b'phone,name\n2065550100,"Ana\n2065550101,Ben"\n2065550101,Eve\n',
        says="A cell of row 2 has another row with a phone in it",
    ),
    Case(
        "quotes that make one row of two, the phone behind",
        b'name,phone\nEve,2065550101\n"Ana,2065550100\nBen",2065550101\n',
        says="A cell of row 3 has another row with a phone in it",
    ),
    Case("quote closed too early", b'phone,name\n2065550100,"Ana" Silva,"x"\n', says="from row 2 on"),
    Case(
        "cell of 1 MB",
        b"phone,note\n2065550100," + b"x" * 1_000_000 + b"\n2065550101,y\n",
        says="Row 2 is longer",
    ),
    Case(
        "cell of 1 MB in quotes",
        b'phone,note\n2065550100,"' + b"x\n" * 500_000 + b'"\n',
        says="Row 2 is longer",
    ),
    Case("cell of 1 MB, no line end at all", b"2" * 1_000_000, says="Row 1 is longer"),
    Case(
        "cell of 90,000 characters", b"phone,note\n2065550100," + b"x" * 90_000 + b"\n2065550101,y\n", THREE
    ),
    Case(
        "phone cell of 90,000 characters",
        b"phone\n2065550100\n" + b"2" * 90_000 + b"\n2065550101\n",
        [(2, A), (3, "text"), (4, B)],
    ),
    Case("1,000 columns", b"phone" + b"," * 999 + b"\n2065550100\n", says="1,000 columns; at most 200"),
    Case("50,000 columns late", LIST.encode() + b"," * 50_000 + b"\n", says="Row 4 has 50,001 columns"),
    Case("blank rows without end", b"phone\n2065550100\n" + b"\n" * 1_100_000, says="more than 100,000 rows"),
    Case("too large", LIST.encode() + b"2065550100\n" * 910_000, says="more than 10 MB"),
    Case("too many rows", b"2065550100\n" * 100_001, says="more than 100,000 rows"),
    Case(
        "too many rows under a heading", b"phone\n" + b"2065550100\n" * 100_001, says="more than 100,000 rows"
    ),
]

CASES = [*PLAIN, *DELIMITED, *ENCODED, *DRESSED, *COLUMNS, *NO_CSV, *BROKEN]
