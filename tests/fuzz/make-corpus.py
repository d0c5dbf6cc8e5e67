#!/usr/bin/env python3
"""Makes tests/fuzz/corpus/safetensors and tests/fuzz/corpus/json: small inputs that reach every branch of the readers.

Usage: make-corpus.py [FOLDER]. Needs nothing but Python. The same files come out every time.
"""
import json
import os
import random
import struct
import sys

FORMATS = {"F32": "<f", "F64": "<d", "F16": "<e"}
METADATA = {"format": "barscope-model/1", "feature_set": "causal", "sequence_length": "3", "classes": "short,hold,long"}


def encode(dtype, numbers):
    if dtype == "BF16":  # the upper half of an F32
        return b"".join(struct.pack("<f", number)[2:] for number in numbers)
    return b"".join(struct.pack(FORMATS[dtype], number) for number in numbers)


def network(inputs, hidden, layers, linear, prefix=""):
    """Names and shapes."""
    shapes = {}
    for k in range(layers):
        shapes[f"{prefix}lstm.weight_ih_l{k}"] = [4 * hidden, hidden if k else inputs]
        shapes[f"{prefix}lstm.weight_hh_l{k}"] = [4 * hidden, hidden]
        shapes[f"{prefix}lstm.bias_ih_l{k}"] = [4 * hidden]
        shapes[f"{prefix}lstm.bias_hh_l{k}"] = [4 * hidden]
    sizes = [hidden] + linear + [3]
    for k in range(len(sizes) - 1):
        shapes[f"{prefix}fc{k + 1}.weight"] = [sizes[k + 1], sizes[k]]
        shapes[f"{prefix}fc{k + 1}.bias"] = [sizes[k + 1]]
    return shapes


def build(shapes, metadata=METADATA, dtype="F32", change=None, special=None):
    """A whole file; `change` may alter the header, `special` maps tensors to the number in their first element."""
    generator = random.Random(1)
    header, data = {"__metadata__": metadata}, b""
    for name, shape in shapes.items():
        n = 1
        for size in shape:
            n *= size
        numbers = [round(generator.uniform(-1, 1), 2) for _ in range(n)]
        if name == "scaler.scale":
            numbers = [abs(number) + 0.5 for number in numbers]
        if special and name in special:
            numbers[0] = special[name]
        kind = "F64" if name.startswith("scaler.") else dtype
        encoded = encode(kind, numbers)
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(encoded)]}
        data += encoded
    if change:
        change(header)
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + data


def scaler(inputs):
    return {"scaler.mean": [inputs], "scaler.scale": [inputs]}


def safetensors():
    tiny = {**network(1, 1, 1, []), **scaler(1)}
    good = build(tiny)
    yield "good-tiny", good
    yield "good-two-layers", build({**network(2, 2, 2, [2]), **scaler(2)})
    yield "good-pruned", build({**network(2, 2, 1, []), **network(2, 1, 1, [], "pruned."), **scaler(2)},
                               {**METADATA, "temperature": "1.5", "name": "t\u00e9st"})
    for dtype in ("F64", "F16", "BF16"):
        yield f"good-{dtype.lower()}", build(tiny, dtype=dtype)
    for prefix in ("module.", "_orig_mod."):
        yield f"good-{prefix.strip('._')}", build({prefix + name: shape for name, shape in tiny.items()})

    def offsets(header):
        header["fc1.bias"]["data_offsets"][0] += 4

    def shape(header):
        header["fc1.bias"]["shape"] = [1 << 62, 8]

    def dtype(header):
        header["fc1.bias"]["dtype"] = "I64"

    def extra(header):
        header["fc1.bias"]["extra"] = None

    for name, change in (("hole", offsets), ("overflow", shape), ("dtype", dtype), ("extra", extra)):
        yield f"bad-{name}", build(tiny, change=change)
    yield "bad-nan", build(tiny, special={"lstm.weight_hh_l0": float("nan")})
    yield "bad-inf", build(tiny, dtype="F64", special={"fc1.bias": 1e300})
    yield "huge-weights", build(tiny, special={"fc1.weight": 3e38, "fc1.bias": 3e38})
    yield "bad-scale", build(tiny, special={"scaler.scale": 0.0})
    yield "bad-unknown", build({**tiny, "attention.weight": [1]})
    yield "bad-twice", build({**tiny, "module.fc1.bias": [3]})
    yield "bad-missing", build({name: shape for name, shape in tiny.items() if name != "fc1.bias"})
    yield "bad-metadata", build(tiny, {**METADATA, "sequence_length": "0"})
    yield "bad-cut", good[:-1]
    yield "bad-header-length", struct.pack("<Q", 1 << 63) + good[8:]
    yield "bad-header-cut", good[:20]
    yield "empty-object", struct.pack("<Q", 2) + b"{}"


def json_texts():
    texts = {
        "values": '{"a":[1,-2.5e-1,true,false,null,""],"b":{"c":{}},"d":[]}',
        "escapes": r'["\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00"]',
        "utf-8": '{"\u00e9\u20ac\U0001f600":"\u007f\uffff"}',
        "numbers": "[0,-0,1e999,1e-999,9223372036854775807,9223372036854775808,0.1E+2]",
        "space": ' \n[\t1 ,\r2 ]\n',
        "duplicate": '{"a":1,"b":2,"\\u0061":3}',
        "deep": "[" * 64 + "]" * 64,
        "too-deep": "[" * 65 + "]" * 65,
        "lone-surrogate": r'"\ud800"',
        "nul": r'"\u0000"',
        "unclosed": '{"a":[1,2',
        "comma": "[1,]",
        "comment": "[1] // one",
        "word": "nul",
        "leading-zero": "01",
    }
    for name, text in texts.items():
        yield name, text.encode()
    yield "overlong", b'"\xc0\x80"'
    yield "mark", b"\xef\xbb\xbf1"


def venue_messages():
    """What venues send; the first byte says which, and whether it is a page of history."""
    k = ('{"e":"kline","E":1,"s":"ES","k":{"t":1700000000000,"T":1,"s":"ES","i":"1m","o":"1.5","c":"2","h":"2","l":"1","v":"10",'
         '"n":3,"x":true,"q":"1","V":"4","Q":"1"}}')
    row = '[1700000000000,"1","2","0.5","1","10",1,"1",3,"4","1","0"]'
    bar = '{"T":"b","S":"ES","o":1,"h":2,"l":0.5,"c":1,"v":9,"t":"2023-11-14T22:13:20Z","n":3,"vw":1}'
    yield "kline", b"0" + k.encode()
    yield "kline-open", b"0" + k.replace("true", "false").encode()
    yield "kline-bad", b"0" + k.replace('"1.5"', '1.5').encode()
    yield "page", b"1" + f"[{row},{row}]".encode()
    yield "page-error", b'1{"code":-1121,"msg":"Invalid symbol."}'
    yield "alpaca", b"2" + f"[{bar}]".encode()
    yield "alpaca-revised", b"2" + f"[{bar}]".replace('"b"', '"u"').encode()
    yield "alpaca-hello", b'2[{"T":"success","msg":"connected"},{"T":"success","msg":"authenticated"},{"T":"subscription"}]'
    yield "alpaca-error", b'2[{"T":"error","code":402,"msg":"auth failed"}]'
    yield "alpaca-page", b"3" + ('{"bars":{"ES":[' + bar + ']},"next_page_token":"x"}').encode()
    yield "alpaca-empty", b'3{"bars":null}'


def redis_entries():
    """Entries of a stream as a Redis server answers them."""
    fields = ["instrument", "ES", "series", "primary", "bar_length_us", "60000000", "stamp", "end",
              "time_us", "1704186060000000", "open", "4750.25", "high", "4751", "low", "4749.5", "close", "4750",
              "volume", "1234", "bid_volume", "600", "ask_volume", "634", "daily_pnl", "-12.5", "daily_goal", "500",
              "daily_max_loss", "250"]

    def entry(words):
        text = "*2\r\n$15\r\n1704186060000-0\r\n" + f"*{len(words)}\r\n"
        return (text + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)).encode()

    yield "bar", entry(fields)
    yield "secondary", entry(fields[:3] + ["secondary"] + fields[4:])
    yield "missing", entry(fields[:-2])
    yield "twice", entry(fields + fields[:2])
    yield "odd", entry(fields[:-1])
    yield "no-number", entry(fields[:11] + ["nan"] + fields[12:])
    yield "error", b"-ERR no\r\n"
    yield "nil", b"*-1\r\n"
    yield "cut", entry(fields)[:60]


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "corpus")
    for kind, files in (("safetensors", safetensors()), ("json", json_texts()), ("redis", redis_entries()), ("websocket", venue_messages())):
        os.makedirs(os.path.join(folder, kind), exist_ok=True)
        for name, data in files:
            with open(os.path.join(folder, kind, name), "wb") as file:
                file.write(data)


main()
