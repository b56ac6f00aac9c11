#include "actors/gateway_server/frontend_basic_station/shells.hpp"

#include <utility>

namespace ff::gateway_server {

namespace lns = gateway::basic_station;

StationShells::Shell* StationShells::find(std::uint8_t index) {
  if (index >= shells_.size() || !shells_[index].port) return nullptr;
  return &shells_[index];
}

Result<StationShells::Opened> StationShells::open(const OpenStationShell& request, UtcTime now) {
  for (std::size_t i = 0; i < shells_.size(); ++i) {
    if (shells_[i].port) continue;
    shells_[i] = {request.port, {}, 0};
    const auto index = static_cast<std::uint8_t>(i);
    return Opened{index, lns::start_shell(index, request.user, request.terminal, now)};
  }
  return fail(remote_shells_in_use);
}

StationShells::Telling StationShells::typed(const TypeIntoShell& input, Instant now) {
  auto* shell = find(input.shell);
  if (shell == nullptr) return {};
  if (now.mono - shell->second >= std::chrono::seconds{1}) {
    shell->second = now.mono;
    shell->typed = 0;
  }
  shell->typed += input.data.size();
  if (shell->typed <= input_max) return lns::shell_input(input.shell, input.data);
  std::exchange(shell->port, nullptr)->ended(Error(remote_shell_input, {{"max", input_max}}));
  return lns::stop_shell(input.shell, now.utc);
}

StationShells::Telling StationShells::close(const CloseStationShell& request, UtcTime now) {
  auto* shell = find(request.shell);
  if (shell == nullptr) return {};
  std::exchange(shell->port, nullptr)->ended(Error(remote_shell_ended));
  return lns::stop_shell(request.shell, now);
}

void StationShells::said(ByteView message) {
  const auto output = lns::decode_shell_output(message);
  auto* shell = output ? find(output->index) : nullptr;
  if (shell == nullptr) return;
  if (!output->data.empty()) return shell->port->output(to_owned(output->data));
  std::exchange(shell->port, nullptr)->ended(Error(remote_shell_ended));
}

void StationShells::end(const Error& reason) {
  for (auto& shell : shells_) {
    if (const auto port = std::exchange(shell.port, nullptr)) port->ended(reason);
  }
}

}  // namespace ff::gateway_server
