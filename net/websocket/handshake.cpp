#include "net/websocket/handshake.hpp"

#include "protocol/base/base64.hpp"
#include "protocol/base/sha1.hpp"

namespace ff::websocket {
namespace {

constexpr std::string_view guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t key_text_size = 24;
constexpr std::size_t key_size = 16;

bool is_key(std::string_view text) {
  if (text.size() != key_text_size) return false;
  const auto key = base64_decode(text);
  return key && key->size() == key_size;
}

}  // namespace

std::string accept_key(std::string_view key) {
  return base64_encode(sha1(as_bytes(std::string(key).append(guid))));
}

Handshake judge_upgrade(const net::http::Request& request) {
  const auto& headers = request.headers;
  if (request.method != "GET") return {405, {{"Allow", "GET"}}};
  if (request.version < net::http::Version{1, 1} || !headers.has_token("Upgrade", "websocket") ||
      !headers.has_token("Connection", "Upgrade"))
    return {426, {{"Upgrade", "websocket"}}};
  if (headers.value("Sec-WebSocket-Version") != "13")
    return {426, {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}}};
  const auto key = headers.value("Sec-WebSocket-Key");
  if (!is_key(key) || headers.all("Sec-WebSocket-Key").size() != 1) return {400, {}};
  return {101, {{"Upgrade", "websocket"}, {"Sec-WebSocket-Accept", accept_key(key)}}};
}

}  // namespace ff::websocket
