#include "actors/support/interop_request/interop_request.hpp"

#include "protocol/base/base64.hpp"

namespace ff::actors {

net::http_client::ClientRequest interop_request(const config::InteropJoinServer& access,
                                                const std::string& host, const std::string& path,
                                                const backend_interfaces::Message& message) {
  net::http_client::ClientRequest out;
  out.url = access.scheme + "://" + host + ":" + std::to_string(access.port) + "/" + path;
  out.headers.add("Content-Type", "application/json");
  for (const auto& [name, value] : access.headers) out.headers.set(name, value);
  if (!access.username.empty()) {
    const auto credentials = access.username + ":" + access.password;
    out.headers.set("Authorization", "Basic " + base64_encode(as_bytes(credentials)));
  }
  const auto json = backend_interfaces::encode(message);
  // What was heard and not answered may have spent a nonce, or a frame counter.
  out.once = true;
  out.body = std::make_shared<const Bytes>(to_owned(as_bytes(json)));
  return out;
}

}  // namespace ff::actors
