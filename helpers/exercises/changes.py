"""All small edits of a piece of code, each of which may be one slip of the hand.

`repair` tries them on a learner's answer, ``tools/mutants.py`` on the reference. One
is made in the syntax tree, and undone; new expressions are written as text.
"""

import ast
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations


@dataclass
class Edit:
    """One small change to a syntax tree.

    ``cost`` is low for simple changes, ``line`` counts in the source, ``about`` names
    what is changed (after a ``-`` what is left out), and ``slots`` are (owner, key,
    new): in ``owner``, a list or a node of the tree, ``new`` takes the place ``key``.
    """

    cost: int
    line: int
    about: str
    slots: list[tuple]

    def swap(self) -> None:
        """Make the change; the next call undoes it."""
        for i, (owner, key, new) in enumerate(self.slots):
            inside = owner if isinstance(owner, list) else vars(owner)
            self.slots[i] = owner, key, inside[key]
            inside[key] = new


def parse(source: str) -> ast.Module:
    """The tree of a function or class, without annotations and docstrings."""
    tree = ast.parse(textwrap.dedent(source))
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            node.body[0] = ast.copy_location(ast.Pass(), node.body[0])
    return tree


def edits(tree: ast.Module, words: Iterable[str] = ()) -> Iterator[Edit]:
    """Yield all single edits, the simplest first; ``words`` are keys to try."""
    names = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)} - {"self"}
    names |= {
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and isinstance(node.ctx, ast.Store)
    }
    found = [
        (cost, node, slot, about, text)
        for node, parent, slot in expressions(tree)
        for cost, about, text in _instead(node, parent, names, words)
    ]
    found += [(edit.cost, edit) for edit in _statements(tree)]
    for cost, *edit in sorted(found, key=lambda edit: edit[0]):
        made = edit[0] if len(edit) == 1 else instead(edit[0], edit[1], cost, *edit[2:])
        if made:
            yield made


def expressions(tree: ast.AST) -> Iterator[tuple]:
    """Yield (node, parent, (owner, key)) for each expression that is read."""
    for parent in ast.walk(tree):
        if isinstance(parent, ast.JoinedStr | ast.FormattedValue):
            continue
        for field, value in ast.iter_fields(parent):
            listed = isinstance(value, list)
            for key, node in enumerate(value) if listed else [(field, value)]:
                stored = isinstance(getattr(node, "ctx", None), ast.Store | ast.Del)
                odd = stored or isinstance(node, ast.Starred | ast.Slice)
                if isinstance(node, ast.expr) and not odd:
                    yield node, parent, (value if listed else parent, key)


def instead(
    node: ast.expr, slot: tuple, cost: int, about: str, text: str
) -> Edit | None:
    """The edit that puts an expression, given as text, in the place of a node."""
    try:
        new = ast.parse(f"({text})", mode="eval").body
    except SyntaxError:  # such as a tuple of slices, outside of its brackets
        return None
    for part in ast.walk(new):
        if hasattr(part, "lineno"):
            part.lineno = part.end_lineno = node.lineno
    return Edit(cost, node.lineno, about, [(*slot, new)])


# What each expression may become ------------------------------------------------------

# What an operator or a comparison is mixed up with, and what a function is.
_OTHER = {"+": "-", "-": "+", "*": "/ @ **", "/": "* //", "//": "/", "@": "*"}
_OTHER |= {"**": "*", "&": "|", "|": "&", "==": "!= >= <=", "!=": "=="}
_OTHER |= {"<": "<= > >=", "<=": "< >= >", ">": ">= < <=", ">=": "> <= <"}
_RELATED = """sum mean max prod, max min, argmax argmin, maximum minimum, floor ceil,
    zeros ones, zeros_like ones_like, std var, log exp log2 log10, int float,
    append extend, permutation shuffle, hstack vstack, repeat tile"""
_ALONG = "sum mean max min std var argmax argmin prod any all cumsum sort concatenate"
_TYPED = "zeros_like ones_like full_like full array asarray"
_HOLD = ast.Assign | ast.Tuple | ast.List | ast.Call | ast.Return | ast.ListComp


def _sign(op: ast.AST) -> str:
    """``+`` for ast.Add, ``<`` for ast.Lt and so on."""
    x = ast.Name("x")
    both = ast.Compare(x, [op], [x]) if isinstance(op, ast.cmpop) else None
    return ast.unparse(both or ast.BinOp(x, op, x))[2:-2]


def _instead(
    node: ast.expr, parent: ast.AST, names: set[str], words: Iterable[str]
) -> Iterator[tuple]:
    """Yield (cost, about, text) for what may stand in the place of an expression."""
    text = ast.unparse(node)
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            a, sign, b = ast.unparse(left), _sign(op), ast.unparse(right)
            yield 1, f"-{sign} {b}", a
            if sign in "+*@/":
                yield 1, f"-{a} {sign}", b
            for other in _OTHER.get(sign, "").split():
                yield 2, "the operation", f"({a}) {other} ({b})"
            yield 2, "the order", f"({b}) {sign} ({a})"
            if isinstance(left, ast.BinOp):  # 1 / 2 + x as 1 / (2 + x)
                c, d = ast.unparse(left.left), ast.unparse(left.right)
                first = _sign(left.op)
                yield 3, "the parentheses", f"({c}) {first} (({d}) {sign} ({b}))"
            if isinstance(right, ast.BinOp):
                c, d = ast.unparse(right.left), ast.unparse(right.right)
                last = _sign(right.op)
                yield 3, "the parentheses", f"(({a}) {sign} ({c})) {last} ({d})"
        case ast.UnaryOp(operand=operand):
            minus = isinstance(node.op, ast.USub)
            yield 1, "the sign" if minus else "`not`", ast.unparse(operand)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            a, b = ast.unparse(left), ast.unparse(right)
            for i, other in enumerate(_OTHER.get(_sign(op), "").split()):
                yield 2 + (i > 0), "the comparison", f"({a}) {other} ({b})"
            for end in ("+ 1", "- 1"):
                yield 3, "the comparison", f"({a}) {_sign(op)} ({b}) {end}"
        case ast.BoolOp(op=op, values=values):
            parts = [f"({ast.unparse(value)})" for value in values]
            word, other = ("and", "or")[:: 1 if isinstance(op, ast.And) else -1]
            yield 2, "`and` and `or`", f" {other} ".join(parts)
            for i, part in enumerate(parts):
                yield 1, f"-{part}", f" {word} ".join(parts[:i] + parts[i + 1 :])
        case ast.Constant(value=bool()):
            yield 2, f"`{text}`", repr(not node.value)
        case ast.Constant(value=int() | float()):
            named = isinstance(parent, ast.keyword)
            about = f"`{parent.arg}`" if named else "the number"
            others = ["0", "1", "2", "0.5", "-1", "float('inf')"]
            for other in [*others, f"{text} + 1", f"{text} - 1", f"-{text}"]:
                yield 3, about, other
            if named:
                yield 3, about, "None"
        case ast.Constant(value=str()):
            for word in words:
                yield 3, f"`{text}`", repr(word)
        case ast.Attribute(value=value, attr="T"):
            yield 1, "-.T", ast.unparse(value)
        case ast.Subscript(value=value, slice=index):
            a, i = ast.unparse(value), ast.unparse(index)
            yield 2, f"-[{i}]", a
            if isinstance(index, ast.Slice):
                low, high = map(_end, (index.lower, index.upper))
                for other in (f":{high}", f"{low}:", f"{low}:{high}"):
                    yield 3, "where it begins or ends", f"({a})[{other}]"
        case ast.IfExp(test=test, body=body, orelse=orelse):
            parts = map(ast.unparse, (orelse, test, body))
            yield 3, "the condition", "({}) if ({}) else ({})".format(*parts)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) if len(parts) > 1:
            brackets = "[{}]" if isinstance(node, ast.List) else "({},)"
            for less, other in _fewer(parts):
                yield 3, f"-{less}", brackets.format(other)
            for other in _exchanged(parts):
                yield 3, "the order", brackets.format(other)
        case ast.Call():
            yield from _other_call(node)
    if text in names and not (isinstance(parent, ast.Call) and node is parent.func):
        for other in sorted(names - {text, "_"}):
            yield 6, f"`{text}`", other
    yield from _around(node, parent, text)
    yield from _missing(node, parent, text, names)


def _around(node: ast.expr, parent: ast.AST, text: str) -> Iterator[tuple]:
    """Yield what may be missing around it: a sign, a transpose, a copy, ±1."""
    if isinstance(node, ast.Constant) or node is getattr(parent, "func", None):
        return
    plain = isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
    if isinstance(parent, _HOLD | ast.BinOp) and (plain or isinstance(node, ast.BinOp)):
        yield 3, "the sign", f"-({text})"
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.MatMult) and plain:
        yield 2, "the shapes", f"({text}).T"
    if node is getattr(parent, "test", None):
        yield 3, "the condition", f"not ({text})"
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(parent, _HOLD):
        yield 4, "what is a copy, and what is not", f"{text}.copy()"
        yield 4, "what is a copy, and what is not", f"[x.copy() for x in {text}]"
    ends = _name(getattr(parent, "func", None)) in ("range", "arange", "linspace")
    ends = ends or isinstance(parent, ast.Slice) or node is getattr(parent, "slice", 0)
    if ends and not isinstance(node, ast.Tuple):
        yield 3, "where it begins or ends", f"({text}) + 1"
        yield 3, "where it begins or ends", f"({text}) - 1"


def _missing(
    node: ast.expr, parent: ast.AST, text: str, names: set[str]
) -> Iterator[tuple]:
    """Yield what may be missing in it: a term or a factor that is at hand."""
    within = _sign(parent.op) if isinstance(parent, ast.BinOp) else ""
    if not (within or isinstance(parent, _HOLD)) or isinstance(node, ast.Tuple):
        return
    if isinstance(node, ast.Name) and not within:  # to patch a result tells nothing
        return
    if isinstance(node, ast.Constant):
        for name in sorted(names):
            yield 6, "the number", name
        return
    for name in sorted(names - {text, "_"}):
        for rest in ("+ {}", "- {}") if within not in ("+", "-") else ():
            yield 7, "+", f"({text}) {rest.format(name)}"
        for rest in ("* {}", "/ {}", "* (1 - {})", "/ len({})"):
            if within not in ("*", "/", "@"):
                yield 7, "+", f"({text}) {rest.format(name)}"


def _other_call(node: ast.Call) -> Iterator[tuple]:
    called, name = ast.unparse(node.func), _name(node.func)
    given = [ast.unparse(part) for part in node.args]
    named = [ast.unparse(part) for part in node.keywords]
    owner = getattr(node.func, "value", None)
    method = owner is not None and ast.unparse(owner) not in ("np", "torch", "math")

    def call(*arguments: str, to: str = called) -> str:
        return f"{to}({', '.join(arguments)})"

    if method:
        yield 1, f"-.{name}", ast.unparse(owner)
    elif given and not isinstance(node.args[0], ast.Starred):
        for argument in given[:2]:
            yield 1, f"-{name}", argument
    for group in map(str.split, _RELATED.split(",")):
        for other in group if name in group else ():
            to = called[: len(called) - len(name)] + other
            yield 2, f"`{name}`", call(*given, *named, to=to)
    for i, keyword in enumerate(named):
        fewer = named[:i] + named[i + 1 :]
        yield 1, f"`{keyword.split('=')[0]}`", call(*given, *fewer)
    if len(given) > 1 or method:
        for less, other in _fewer(node.args):
            yield 2, f"-{less}", call(other, *named)
    for other in _exchanged(node.args):
        yield 3, "the order", call(other, *named)
    if name in _ALONG.split():
        for axis in ("axis=0", "axis=1"):
            yield 3, "what it runs over", call(*given, *named, axis)
        yield 3, "the shapes", call(*given, *named, "keepdims=True")
    if name in ("std", "var"):
        yield 3, f"`{name}`", call(*given, *named, "ddof=1")
    if name in _TYPED.split():
        untyped = [keyword for keyword in named if not keyword.startswith("dtype")]
        yield 3, "the type of its numbers", call(*given, *untyped, "dtype=float")


def _fewer(parts: list) -> Iterator[tuple[str, str]]:
    texts = [ast.unparse(part) for part in parts]
    for i, text in enumerate(texts):
        yield text, ", ".join(texts[:i] + texts[i + 1 :])


def _exchanged(parts: list) -> Iterator[str]:
    texts = [ast.unparse(part) for part in parts]
    for i, j in combinations(range(len(texts)), 2):
        moved = list(texts)
        moved[i], moved[j] = texts[j], texts[i]
        yield ", ".join(moved)


def _end(node: ast.expr | None) -> str:
    return ast.unparse(node) if node else ""


def _name(function: ast.expr | None) -> str:
    """The last part of a called name: ``sum`` of ``np.sum`` and ``(x * y).sum``."""
    return getattr(function, "attr", getattr(function, "id", ""))


# What each statement may become -------------------------------------------------------


def _statements(tree: ast.Module) -> Iterator[Edit]:
    """Yield edits of whole statements: left out, in place, in or out of a loop."""
    for parent in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(parent, field, None)
            if isinstance(block, list) and not isinstance(parent, ast.Module):
                for i, node in enumerate(block):
                    for cost, about, new in _other_statement(node):
                        new = ast.fix_missing_locations(ast.copy_location(new, node))
                        yield Edit(cost, node.lineno, about, [(block, i, new)])
                    yield from _moved(parent, field, block, i)
        for i, condition in enumerate(getattr(parent, "ifs", ())):
            less = parent.ifs[:i] + parent.ifs[i + 1 :]
            about = f"-if {ast.unparse(condition)}"
            yield Edit(1, condition.lineno, about, [(parent, "ifs", less)])


def _other_statement(node: ast.stmt) -> Iterator[tuple]:
    if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Pass | ast.Return):
        yield 2, f"-{ast.unparse(node)}", ast.Pass()
    match node:
        case ast.AugAssign(target=target, op=op, value=value):
            yield 2, "the `=`", ast.Assign([target], value)
            read = ast.parse(ast.unparse(target), mode="eval").body
            about = "what changes in place"
            yield 4, about, ast.Assign([target], ast.BinOp(read, op, value))
            if isinstance(op, ast.Add | ast.Sub):
                other = ast.Sub() if isinstance(op, ast.Add) else ast.Add()
                yield 2, "the operation", ast.AugAssign(target, other, value)
        case ast.Assign(targets=[ast.Tuple(elts=[a, b])], value=value):
            yield 3, "the order", ast.Assign([ast.Tuple([b, a], ast.Store())], value)
        case ast.Assign(targets=[target], value=value):
            if not isinstance(target, ast.Tuple | ast.List):
                yield 2, "the `=`", ast.AugAssign(target, ast.Add(), value)
        case ast.If(body=body, orelse=orelse):
            yield 2, "the condition", ast.If(ast.Constant(True), body, orelse)
        case ast.Return(value=ast.expr() as value):
            yield 4, "`return`", ast.Expr(ast.Yield(value))


def _moved(parent: ast.AST, field: str, block: list, i: int) -> Iterator[Edit]:
    """Yield edits that put a statement one step down, or in or out of a loop."""
    node, about = block[i], "where it stands"
    repeats = isinstance(node, ast.For | ast.While | ast.If)
    if i + 1 < len(block):
        after, rest = block[i + 1], block[i + 2 :]
        slots = [(parent, field, [*block[:i], after, node, *rest])]
        yield Edit(4, node.lineno, about, slots)
        if repeats:  # what stands after it, into it
            slots = [(node, "body", [*node.body, after])]
            slots += [(parent, field, [*block[: i + 1], *rest])]
            yield Edit(4, after.lineno, about, slots)
    if repeats and len(node.body) > 1:
        for out, left, order in (
            (node.body[-1], node.body[:-1], (node, node.body[-1])),
            (node.body[0], node.body[1:], (node.body[0], node)),
        ):
            slots = [(node, "body", left)]
            slots += [(parent, field, [*block[:i], *order, *block[i + 1 :]])]
            yield Edit(4, out.lineno, about, slots)
