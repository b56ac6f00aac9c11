// The callback of a login: a web server on this machine that waits for the browser to bring the
// code. [spec cli §2]
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "app/cli/call/cancel.hpp"
#include "protocol/base/result.hpp"

namespace ff::cli {

/// Where servers send the browser.
inline constexpr std::uint16_t callback_port = 11'885;

/// Listens on the port on loopback, calls `when_listening`, and waits for a code with this state,
/// or until the command is canceled. Errors: net/stream:listen, cli:canceled, and what the OAuth
/// server says.
Result<std::string> wait_for_code(std::uint16_t port, const std::string& state, Cancel& cancel,
                                  const std::function<void()>& when_listening);

}  // namespace ff::cli
