#include "net/websocket/handshake.hpp"

#include <algorithm>

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

std::vector<std::string_view> offered_subprotocols(const net::http::Request& request) {
  std::vector<std::string_view> offered;
  for (auto list : request.headers.all("Sec-WebSocket-Protocol")) {
    while (!list.empty()) {
      const auto comma = list.find(',');
      auto one = list.substr(0, comma);
      list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
      one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
      one = one.substr(0, one.find_last_not_of(" \t") + 1);
      if (!one.empty()) offered.push_back(one);
    }
  }
  return offered;
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
