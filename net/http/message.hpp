// HTTP requests and header lists as values.
// Not the wire format (request_parser.hpp) and no routing.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/address/endpoint.hpp"
#include "net/tls/peer.hpp"
#include "protocol/base/bytes.hpp"

namespace ff::net::http {

/// ASCII only, as header names are.
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};

/// Headers in their order; names compare without case, and may repeat.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> list) : list_(list) {}

  /// The first value of `name`; nothing if there is none. Valid until the list changes.
  std::optional<std::string_view> find(std::string_view name) const noexcept;
  /// The first value of `name`, else "".
  std::string_view value(std::string_view name) const noexcept;
  std::vector<std::string_view> all(std::string_view name) const;
  bool contains(std::string_view name) const noexcept { return find(name).has_value(); }
  /// One of the comma-separated tokens of any header `name` is `token`, without case.
  bool has_token(std::string_view name, std::string_view token) const noexcept;

  void add(std::string_view name, std::string_view value);
  /// Replaces every header `name` by one.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  auto begin() const noexcept { return list_.begin(); }
  auto end() const noexcept { return list_.end(); }
  std::size_t size() const noexcept { return list_.size(); }
  bool operator==(const Headers&) const = default;

 private:
  std::vector<Header> list_;
};

struct Version {
  int major = 1;
  int minor = 1;
  auto operator<=>(const Version&) const = default;
};

/// One complete request.
struct Request {
  std::string method;  ///< As sent, e.g. `GET`.
  std::string target;  ///< As sent, e.g. `/api/v3/gateways?limit=5`; not decoded.
  Version version;
  Headers headers;
  Bytes body;
  Endpoint remote;  ///< The socket's peer; proxies' headers are not applied.
  std::shared_ptr<const tls::Peer> tls_peer;  ///< Null over plain TCP.

  bool is_tls() const noexcept { return tls_peer != nullptr; }
  /// The target without its query. Not decoded.
  std::string_view path() const noexcept;
  /// What follows the first `?`, else "". Not decoded.
  std::string_view query() const noexcept;
};

}  // namespace ff::net::http
