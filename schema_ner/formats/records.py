"""JSON in files: an object a line, or all objects in one list.

Here: objects with the number of their line, what is refused in JSON of any format, and ids.  Not
here: what an object means (one module a format).
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from schema_ner.formats.files import (
    LineError,
    Source,
    lines,
    lone_return,
    name_of,
    problem,
    short,
)
from schema_ner.schema import repeated_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema_ner.errors import FormatError

_BLANKS = re.compile(r"[ \t\r\n]*")


def objects(source: Source, way_out: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON object of each line that is not blank, with the line's number.

    Raises:
        FormatError: a line is no JSON object.
    """
    name = name_of(source)
    for number, line in lines(source):
        if line.strip():
            yield number, _of_line(line, name, number, way_out)


def records(source: Source, way_out: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file, with the line that each begins on: JSON lines, or one JSON list.

    A file that begins with ``[``, or with a line that holds ``{`` and no more, is read as a whole:
    a list of objects, or objects laid out over several lines.  Any other is read line by line.

    Raises:
        FormatError: what stands there is no JSON, or something that is no object.
    """
    name = name_of(source)
    numbered = lines(source)
    before = ""
    for number, line in numbered:
        if not line.strip():
            before += line
        elif line.lstrip().startswith("[") or line.strip() == "{":
            text = before + line + "".join(rest for _, rest in numbered)
            yield from _of_whole(text, name, way_out)
        else:
            yield number, _of_line(line, name, number, way_out)


def loads(text: str) -> Any:  # noqa: ANN401  # any JSON
    """The value that JSON means.  Raises ValueError, a LineError for keys that stand twice."""
    return json.loads(
        text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_object
    )


def read_id(data: dict[str, Any]) -> str | None:
    """The ``id`` of an object, a whole number as text.  Raises LineError for another type."""
    value = data.get("id")
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise LineError(f'"id" is text or a whole number, not {short(value)}')


def _of_line(line: str, name: str, number: int, way_out: str) -> dict[str, Any]:
    try:
        data = loads(line)
    except (ValueError, RecursionError) as err:
        if "\r" in line.rstrip("\r\n") and isinstance(err, json.JSONDecodeError):
            raise lone_return(name, number) from err
        raise _broken(err, name, number, way_out) from err
    if not isinstance(data, dict):
        raise problem(name, number, f"a line holds an object, not {short(data)}", way_out)
    return data


def _of_whole(text: str, name: str, way_out: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of one list, or of no list but one behind the other."""
    decoder = json.JSONDecoder(
        parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_object
    )
    at = _behind_blanks(text, 0)
    in_list = text[at] == "["
    at = _behind_blanks(text, at + in_list)
    if in_list and text.startswith("]", at):
        at, in_list = _behind_blanks(text, at + 1), False
    number, counted = 1, 0  # the line, and up to where line ends are counted
    while at < len(text) or in_list:
        number, counted = number + text.count("\n", counted, at), at
        try:
            data, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as err:
            raise problem(name, err.lineno, f"no JSON: {_said(err)}", way_out) from err
        except (ValueError, RecursionError) as err:
            raise _broken(err, name, number, way_out) from err
        if not isinstance(data, dict):
            raise problem(name, number, f"no object but {short(data)}", way_out)
        yield number, data
        at = _behind_blanks(text, end)
        if in_list:
            sign = text[at : at + 1]
            if sign not in (",", "]"):
                number += text.count("\n", counted, at)
                raise problem(name, number, "behind an object of the list is no , or ]", way_out)
            at, in_list = _behind_blanks(text, at + 1), sign == ","


def _behind_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    assert found is not None  # it matches nothing as well
    return found.end()


def _broken(err: Exception, name: str, number: int, way_out: str) -> FormatError:
    """The error for what json raised; its own text counts lines from where it began."""
    if isinstance(err, LineError):
        return problem(name, number, err.what, err.way_out or way_out)
    if isinstance(err, json.JSONDecodeError):
        return problem(name, number, f"no JSON: {_said(err)} at character {err.pos + 1}", way_out)
    if isinstance(err, RecursionError):
        return problem(name, number, "no JSON: it is nested too deeply", way_out)
    # a hostile number brings its own text
    return problem(name, number, f"no JSON: {str(err).partition(':')[0]}", way_out)


def _said(err: json.JSONDecodeError) -> str:
    if err.msg.startswith("Invalid control character"):
        return "no closing quote, or a bare line end or tab inside a text"
    return err.msg.removesuffix(" at")


def _no_constant(word: str) -> object:
    raise ValueError(f"{word} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):  # 1e999: it could not be written again
        raise ValueError(f"the number {digits[:20]} is too large")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if (twice := repeated_key(pairs)) is not None:
        raise LineError(f"the key {short(twice)} stands twice in one object", "keep one of them")
    return dict(pairs)
