// What an operator may ask of a station: to run a command (`runcmd`) and for a shell (`rmtsh`). Not
// who may. [doc.sm.tc/station tcproto: "Run Commands", "Remote Shell"]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"

namespace ff::gateway::basic_station {

/// A station refuses commands with more.
inline constexpr std::size_t command_arguments_max = 64;
/// Shells that a station keeps at once, by their index.
inline constexpr std::uint8_t remote_shells_max = 2;

/// `runcmd`. The station answers nothing.
std::string run_command(std::string_view command, const std::vector<std::string>& arguments);

/// `rmtsh` that starts a shell; one that was left under this index is stopped first, or its output
/// would be taken for the new one's.
std::string start_shell(std::uint8_t index, std::string_view user, std::string_view terminal,
                        UtcTime now);
std::string stop_shell(std::uint8_t index, UtcTime now);

/// A binary message: what is typed into a shell.
Bytes shell_input(std::uint8_t index, ByteView data);

struct ShellOutput {
  std::uint8_t index = 0;
  ByteView data;  // of the message; empty: the shell has ended
};
/// A station's binary message. Nothing for one without a shell's index.
std::optional<ShellOutput> decode_shell_output(ByteView message) noexcept;

}  // namespace ff::gateway::basic_station
