// What an operator may ask of a gateway that speaks Basic Station, beyond frames. Understood by the
// actors of stations; other frontends have nothing like it.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <memory>
#include <string>
#include <vector>

#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"
#include "protocol/base/bytes.hpp"

namespace ff::gateway_server {

// No names in the reference, whose gateway server can not do this.
inline constexpr ErrorDef remote_control_disabled{
    "pkg/gatewayserver", "remote_control_disabled", Code::failed_precondition,
    "`gs.basic-station.remote-control` does not allow it"};
inline constexpr ErrorDef remote_control_unknown{
    "pkg/gatewayserver", "remote_control_unknown", Code::unimplemented,
    "gateway `{gateway_uid}` is not connected by a protocol that knows remote control"};
inline constexpr ErrorDef no_remote_shell{"pkg/gatewayserver", "no_remote_shell",
                                          Code::unimplemented, "the station has no remote shell"};
inline constexpr ErrorDef remote_shells_in_use{"pkg/gatewayserver", "remote_shells_in_use",
                                               Code::resource_exhausted,
                                               "all remote shells of the station are in use"};
inline constexpr ErrorDef remote_shell_input{
    "pkg/gatewayserver", "remote_shell_input", Code::resource_exhausted,
    "more than `{max}` octets a second for a remote shell"};
/// How a shell ends that has been left.
inline constexpr ErrorDef remote_shell_ended{"pkg/gatewayserver", "remote_shell_ended",
                                             Code::aborted, "the remote shell has ended"};

/// Who sits before a shell. Called by the station's actor; must not block.
class ShellPort {
 public:
  virtual ~ShellPort() = default;
  virtual void output(Bytes data) = 0;
  /// Once and last. remote_shell_ended: by its user, or closed.
  virtual void ended(const Error& reason) = 0;
};

/// Answered when the station has been told; it says nothing of what became of the command.
struct RunStationCommand {
  std::string command;
  std::vector<std::string> arguments;
  actors::Reply<void> reply;
};
/// Answers with the shell's index. Errors: those above; then the port is not called.
struct OpenStationShell {
  std::string user;  // for the station's log
  std::string terminal;
  std::shared_ptr<ShellPort> port;
  actors::Reply<std::uint8_t> reply;
};
struct TypeIntoShell {
  std::uint8_t shell = 0;
  Bytes data;
};
struct CloseStationShell {
  std::uint8_t shell = 0;
};

using StationControlHandle =
    caf::typed_actor<caf::reacts_to<RunStationCommand>,  // Has the station run a command.
                     caf::reacts_to<OpenStationShell>,   // Starts a shell.
                     caf::reacts_to<TypeIntoShell>, caf::reacts_to<CloseStationShell>>;

/// Answers whom to ask. Error remote_control_unknown.
struct GetStationControl {
  actors::Reply<StationControlHandle> reply;
};

}  // namespace ff::gateway_server
FF_LOCAL_MESSAGE(ff::gateway_server::RunStationCommand)
FF_LOCAL_MESSAGE(ff::gateway_server::OpenStationShell)
FF_LOCAL_MESSAGE(ff::gateway_server::TypeIntoShell)
FF_LOCAL_MESSAGE(ff::gateway_server::CloseStationShell)
FF_LOCAL_MESSAGE(ff::gateway_server::GetStationControl)
