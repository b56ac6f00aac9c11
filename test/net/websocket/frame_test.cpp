#include "net/websocket/frame.hpp"

#include <gtest/gtest.h>

#include "net/websocket/handshake.hpp"
#include "net/websocket/utf8.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/base/sha1.hpp"

namespace ff::websocket {
namespace {

Bytes hex(std::string_view text) {
  return *parse_hex(text);
}

struct FrameRow {
  const char* name;
  FrameHeader header;
  std::string payload;
  std::string bytes;  // hex, as far as the payload is short
};

// The examples of RFC 6455 §5.7, and the bounds of the three forms of length.
const FrameRow frames[] = {
    {"unmasked text",
     {.opcode = Opcode::text, .mask = {}, .payload_size = 5},
     "Hello",
     "810548656c6c6f"},
    {"masked text",
     {.opcode = Opcode::text, .mask = Mask{0x37, 0xfa, 0x21, 0x3d}, .payload_size = 5},
     "Hello",
     "818537fa213d7f9f4d5158"},
    {"first fragment",
     {.fin = false, .opcode = Opcode::text, .mask = {}, .payload_size = 3},
     "Hel",
     "010348656c"},
    {"last fragment",
     {.opcode = Opcode::continuation, .mask = {}, .payload_size = 2},
     "lo",
     "80026c6f"},
    {"ping", {.opcode = Opcode::ping, .mask = {}, .payload_size = 5}, "Hello", "890548656c6c6f"},
    {"125",
     {.opcode = Opcode::binary, .mask = {}, .payload_size = 125},
     std::string(125, 'x'),
     "827d78"},
    {"126",
     {.opcode = Opcode::binary, .mask = {}, .payload_size = 126},
     std::string(126, 'x'),
     "827e007e78"},
    {"65535",
     {.opcode = Opcode::binary, .mask = {}, .payload_size = 65535},
     std::string(65535, 'x'),
     "827effff78"},
    {"65536",
     {.opcode = Opcode::binary, .mask = {}, .payload_size = 65536},
     std::string(65536, 'x'),
     "827f000000000001000078"},
};

TEST(Frame, AreWrittenAndReadAsTheStandardSays) {
  for (const auto& row : frames) {
    SCOPED_TRACE(row.name);
    const auto bytes = encode_frame(row.header, as_bytes(row.payload));
    const auto expected = hex(row.bytes);
    ASSERT_GE(bytes.size(), expected.size());
    EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(expected.size())),
              expected);
    for (const std::size_t piece : {std::size_t{1}, bytes.size()}) {
      HeaderDecoder decoder;
      ByteView rest(bytes);
      std::optional<FrameHeader> header;
      while (!header && !rest.empty()) {
        const auto progress = decoder.feed(rest.first(std::min(piece, rest.size())));
        ASSERT_FALSE(progress.failed);
        rest = rest.subspan(progress.consumed);
        header = progress.header;
      }
      EXPECT_EQ(header, row.header);
      EXPECT_EQ(rest.size(), row.payload.size());
    }
  }
}

TEST(Frame, BrokenHeadersAreRefused) {
  for (const auto* bytes : {"c100", "a100", "9100", "8300", "8700", "8b00", "8f00",  // reserved
                            "827e007d", "827e0000",                                  // not shortest
                            "827f000000000000ffff", "827f8000000000000000"}) {
    SCOPED_TRACE(bytes);
    HeaderDecoder decoder;
    const auto progress = decoder.feed(hex(bytes));
    EXPECT_TRUE(progress.failed);
    EXPECT_FALSE(progress.header);
    EXPECT_TRUE(decoder.feed(hex("8100")).failed);
  }
}

TEST(Frame, CloseBodies) {
  EXPECT_EQ(parse_close({}), CloseBody{});
  EXPECT_EQ(parse_close(hex("03e8")), (CloseBody{CloseCode::normal, ""}));
  EXPECT_EQ(parse_close(hex("03e9627965")), (CloseBody{CloseCode::going_away, "bye"}));
  EXPECT_EQ(parse_close(hex("0fa0")), (CloseBody{static_cast<CloseCode>(4000), ""}));
  for (const auto* bytes :
       {"03", "03e7", "03ec", "03ed", "03ee", "03f7", "0bb7", "1388", "ffff", "03e8ff"}) {
    SCOPED_TRACE(bytes);
    EXPECT_EQ(parse_close(hex(bytes)), std::nullopt);
  }
  EXPECT_EQ(encode_close(CloseCode::normal, "bye"), hex("880503e8627965"));
  // Cut before a character that does not fit.
  const auto cut = encode_close(CloseCode::normal, std::string(122, 'a') + "\xc3\xa9");
  EXPECT_EQ(cut.size(), 2U + 2U + 122U);
  EXPECT_TRUE(parse_close(ByteView(cut).subspan(2)));
}

TEST(Utf8, FollowsTheTable) {
  for (const std::string text : {"", "abc", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                                 "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(as_bytes(text))) << hex_lower(as_bytes(text));
    Utf8Check check;
    for (const auto byte : as_bytes(text)) EXPECT_TRUE(check.feed({&byte, 1}));
    EXPECT_TRUE(check.is_complete());
  }
  for (const std::string text :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe1\x80",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"})
    EXPECT_FALSE(is_utf8(as_bytes(text))) << hex_lower(as_bytes(text));
}

net::http::Request request() {
  net::http::Request out;
  out.method = "GET";
  out.target = "/router-info";
  out.headers = {{"Host", "example.com"},
                 {"upgrade", "WebSocket"},
                 {"Connection", "keep-alive, Upgrade"},
                 {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                 {"Sec-WebSocket-Version", "13"}};
  return out;
}

TEST(Handshake, SubprotocolsAreOfferedInOneHeaderOrMany) {
  using Names = std::vector<std::string_view>;
  auto asked = request();
  EXPECT_EQ(offered_subprotocols(asked), Names{});
  asked.headers.add("Sec-WebSocket-Protocol", "first,second ,\t third");
  EXPECT_EQ(offered_subprotocols(asked), (Names{"first", "second", "third"}));
  asked.headers.add("sec-websocket-protocol", " , fourth");
  EXPECT_EQ(offered_subprotocols(asked), (Names{"first", "second", "third", "fourth"}));
}

TEST(Handshake, IsThatOfTheStandard) {
  EXPECT_EQ(hex_lower(sha1(as_bytes("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
  const auto judged = judge_upgrade(request());
  EXPECT_EQ(judged.status, 101);
  EXPECT_EQ(judged.headers.value("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(judged.headers.value("Upgrade"), "websocket");
}

TEST(Handshake, OtherRequestsAreRefused) {
  const auto status = [](auto change) {
    auto changed = request();
    change(changed);
    return judge_upgrade(changed).status;
  };
  EXPECT_EQ(status([](auto& r) { r.method = "POST"; }), 405);
  EXPECT_EQ(status([](auto& r) { r.version = {1, 0}; }), 426);
  EXPECT_EQ(status([](auto& r) { r.headers.remove("Upgrade"); }), 426);
  EXPECT_EQ(status([](auto& r) { r.headers.set("Connection", "close"); }), 426);
  EXPECT_EQ(status([](auto& r) { r.headers.set("Sec-WebSocket-Version", "8"); }), 426);
  EXPECT_EQ(status([](auto& r) { r.headers.remove("Sec-WebSocket-Key"); }), 400);
  EXPECT_EQ(status([](auto& r) { r.headers.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZQ=="); }), 400);
  EXPECT_EQ(status([](auto& r) { r.headers.add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="); }),
            400);
}

}  // namespace
}  // namespace ff::websocket
