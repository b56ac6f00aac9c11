// The remote shells of one station: who sits before which, and how much is typed. Pure but for the
// ports it tells.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "actors/gateway_server/connection/station_control.hpp"
#include "protocol/base/time.hpp"
#include "protocol/gateway/basic_station/remote_control.hpp"

namespace ff::gateway_server {

class StationShells {
 public:
  /// Octets a second and shell: a person who pastes. A station stops a shell whose buffer of 4 kB
  /// is full, and our own queue to it is for downlinks.
  static constexpr std::size_t input_max = 4096;

  /// What the station is to be told: text, or a binary message; nothing.
  using Telling = std::variant<std::monostate, std::string, Bytes>;

  struct Opened {
    std::uint8_t shell = 0;
    std::string text;
  };
  /// Error: remote_shells_in_use.
  Result<Opened> open(const OpenStationShell& request, UtcTime now);
  /// Closes the shell when it is too much; nothing for one that is not open.
  Telling typed(const TypeIntoShell& input, Instant now);
  Telling close(const CloseStationShell& request, UtcTime now);
  /// A binary message of the station.
  void said(ByteView message);
  /// The station is gone.
  void end(const Error& reason);

 private:
  struct Shell {
    std::shared_ptr<ShellPort> port;  // null: not open
    MonoTime second;                  // when the present one began
    std::size_t typed = 0;            // in it
  };
  Shell* find(std::uint8_t index);

  std::array<Shell, gateway::basic_station::remote_shells_max> shells_;
};

}  // namespace ff::gateway_server
