"""A venue of the tests' own: Binance's klines over WebSocket, several on one connection, and its REST; it can cut, fall silent, and refuse."""

import base64
import hashlib
import json
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

MINUTE_MS = 60000


class Venue:
    """Bar n is of minute n; those before now() have closed."""

    def __init__(self, n_closed):
        self.base_ms = (int(time.time() * 1000) // MINUTE_MS - 400) * MINUTE_MS
        self.n_closed = n_closed
        self.down = False
        self.streams, self.asked = [], []  # streams of each connection; (symbol, first bar) of each REST call
        self.sockets = []
        self.lock = threading.Lock()
        venue = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def do_GET(self):
                if venue.down:
                    self.close_connection = True
                    return
                url = urlparse(self.path)
                if url.path == "/api/v3/klines":
                    venue.answer(self, parse_qs(url.query))
                else:
                    venue.serve(self, url)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def address(self, symbols):
        return f"binance:{symbols}@1m?stream=ws://127.0.0.1:{self.port}&rest=http://127.0.0.1:{self.port}"

    def prices(self, symbol, bar):
        level = 100 + sum(map(ord, symbol)) % 50
        open_, close = level + (bar * 7 % 13) * 0.25, level + ((bar + 1) * 7 % 13) * 0.25
        return open_, max(open_, close) + 1, min(open_, close) - 1, close

    def answer(self, handler, query):
        symbol, start = query["symbol"][0], int(query["startTime"][0])
        first = max(0, -(-(start - self.base_ms) // MINUTE_MS))
        self.asked.append((symbol, first))
        rows = []
        for bar in range(first, self.n_closed):
            o, h, l, c = (f"{price:.2f}" for price in self.prices(symbol, bar))
            rows.append([self.base_ms + bar * MINUTE_MS, o, h, l, c, "10.5", 1, "1", 3, "4.25", "1", "0"])
        body = json.dumps(rows).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def serve(self, handler, url):
        key = handler.headers["Sec-WebSocket-Key"]
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        handler.wfile.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Accept: {accept}\r\n\r\n").encode())
        handler.wfile.flush()
        names = parse_qs(url.query).get("streams", [url.path.rsplit("/", 1)[-1]])[0].split("/")
        with self.lock:
            self.streams.append(names)
            self.sockets.append((handler.connection, len(names) > 1))
        handler.close_connection = True
        try:
            while handler.connection.recv(4096):  # pings and the like
                pass
        except OSError:
            pass

    def send(self, symbol, bar, closed=True):
        o, h, l, c = (f"{price:.2f}" for price in self.prices(symbol, bar))
        message = {"e": "kline", "E": 1, "s": symbol, "k": {"t": self.base_ms + bar * MINUTE_MS, "T": 1, "s": symbol, "i": "1m", "o": o,
                   "c": c, "h": h, "l": l, "v": "10.5", "n": 3, "x": closed, "q": "1", "V": "4.25", "Q": "1"}}
        with self.lock:
            for socket, several in self.sockets:
                wrapped = {"stream": f"{symbol.lower()}@kline_1m", "data": message} if several else message
                text = json.dumps(wrapped).encode()
                try:
                    socket.sendall(b"\x81" + (bytes([len(text)]) if len(text) < 126 else b"\x7e" + struct.pack(">H", len(text))) + text)
                except OSError:
                    pass

    def close_bar(self, *symbols):
        """The next bar of each closes."""
        bar = self.n_closed
        self.n_closed += 1
        for symbol in symbols:
            self.send(symbol, bar)

    def cut(self):
        with self.lock:
            for socket, _ in self.sockets:
                try:
                    socket.shutdown(2)
                except OSError:
                    pass
            self.sockets = []
