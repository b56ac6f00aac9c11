// What a certificate says of its owner. Not whether to believe it: Peer::verified.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"

namespace ff::net::tls {

/// The subject's common name as UTF-8; nothing for a certificate without one, and for what is no
/// certificate. `der` may be any bytes.
std::optional<std::string> common_name(ByteView der);

/// How long a server may show a certificate, and by which names it is called.
struct Validity {
  UtcTime not_before;
  UtcTime not_after;
  std::vector<std::string> dns_names;
};
/// Of the first certificate in the text; nothing if there is none.
std::optional<Validity> validity_of(std::string_view pem);

}  // namespace ff::net::tls
