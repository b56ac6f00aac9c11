#include "protocol/gateway/basic_station/remote_control.hpp"

#include "protocol/gateway/basic_station/json_text.hpp"

namespace ff::gateway::basic_station {

std::string run_command(std::string_view command, const std::vector<std::string>& arguments) {
  std::string out = R"({"msgtype":"runcmd","command":)" + quoted(command) + R"(,"arguments":[)";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0) out += ',';
    out += quoted(arguments[i]);
  }
  return out += "]}";
}

std::string start_shell(std::uint8_t index, std::string_view user, std::string_view terminal,
                        UtcTime now) {
  const auto number = std::to_string(index);
  return R"({"msgtype":"rmtsh","user":)" + quoted(user) + R"(,"term":)" + quoted(terminal) +
         R"(,"stop":)" + number + R"(,"start":)" + number + R"(,"MuxTime":)" + seconds_text(now) +
         "}";
}

std::string stop_shell(std::uint8_t index, UtcTime now) {
  return R"({"msgtype":"rmtsh","stop":)" + std::to_string(index) + R"(,"MuxTime":)" +
         seconds_text(now) + "}";
}

Bytes shell_input(std::uint8_t index, ByteView data) {
  Bytes out;
  out.reserve(1 + data.size());
  out.push_back(index);
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

std::optional<ShellOutput> decode_shell_output(ByteView message) noexcept {
  if (message.empty() || message[0] >= remote_shells_max) return std::nullopt;
  return ShellOutput{message[0], message.subspan(1)};
}

}  // namespace ff::gateway::basic_station
