"""A one-page PDF, written by hand: enough for an invented order."""

MARK = "FICTIONAL - TRAINING DATA - NOT A COURT ORDER"


def one_page(title: str, lines: list[str]) -> bytes:
    """A page with the fictional mark, a title and lines of text; characters beyond cp1252 become `?`."""
    return _document(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
            b" /Resources << /Font << /F 4 0 R >> >> >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            _stream(_text(title, lines)),
        ]
    )


def _document(objects: list[bytes]) -> bytes:
    output, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(output))
        output += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    size = len(objects) + 1
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<< /Size %d /Root 1 0 R >>" % size
    return output + b"xref\n0 %d\n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        trailer,
        len(output),
    )


def _text(title: str, lines: list[str]) -> bytes:
    commands = ["BT", "72 770 Td", "/F 11 Tf", f"({_escaped(MARK)}) Tj", "0 -40 Td", "/F 18 Tf"]
    commands += [f"({_escaped(title)}) Tj", "/F 12 Tf", "20 TL", "T*"]
    for line in lines:
        commands += ["T*", f"({_escaped(line)}) Tj"]
    return "\n".join([*commands, "ET"]).encode("cp1252", errors="replace")


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").replace("\n", " ")
