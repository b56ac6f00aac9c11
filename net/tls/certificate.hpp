// What a certificate says of its owner. Not whether to believe it: Peer::verified.
#pragma once

#include <optional>
#include <string>

#include "protocol/base/bytes.hpp"

namespace ff::net::tls {

/// The subject's common name as UTF-8; nothing for a certificate without one, and for what is no
/// certificate. `der` may be any bytes.
std::optional<std::string> common_name(ByteView der);

}  // namespace ff::net::tls
