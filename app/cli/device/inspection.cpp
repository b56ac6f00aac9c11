// `inspect device` and `end-devices inspect`: what the network server decided about a device, and
// why, as sentences.
#include "app/cli/device/device_commands.hpp"
#include "app/cli/device/device_flags.hpp"
#include "app/cli/session/session.hpp"
#include "farfield/v1/network_server.pb.h"
#include "protocol/base/time.hpp"

namespace ff::cli {
namespace {

std::string line_of(const farfield::v1::EndDeviceDecision& decision) {
  const UtcTime at(std::chrono::seconds(decision.at().seconds()) +
                   std::chrono::nanoseconds(decision.at().nanos()));
  auto line = to_rfc3339(std::chrono::time_point_cast<std::chrono::milliseconds>(at)) + "  " +
              decision.text();
  if (decision.times() > 1) line += " (" + std::to_string(decision.times()) + " times)";
  return line + "\n";
}

/// Sentences, unless another form was asked for.
Status inspect(Session& session, const Arguments& arguments) {
  farfield::v1::GetEndDeviceDecisionsRequest request;
  FF_CHECK(require_ids(arguments, *request.mutable_end_device_ids()));
  farfield::v1::EndDeviceDecisions answer;
  FF_CHECK(session.api().call("farfield.v1.NsEndDeviceInspection/GetDecisions", request, answer));
  if (session.loaded().origins.at("output-format") != "default") {
    std::vector<const google::protobuf::Message*> decisions;
    for (const auto& decision : answer.decisions()) decisions.push_back(&decision);
    return session.printer().list(decisions);
  }
  if (answer.decisions().empty()) session.inform("nothing was decided about this device lately");
  for (const auto& decision : answer.decisions()) session.printer().text(line_of(decision));
  return {};
}

Command inspection(const char* name) {
  return command_of(
      {name, "what the network server decided about a device, and why", device_id_flags, inspect});
}

}  // namespace

void add_inspection(Command& root) {
  add_command(root, "end-devices", inspection("inspect"));
  add_command(root, "inspect", inspection("device"));
  group_at(root, "inspect").summary = "why the server did what it did";
}

}  // namespace ff::cli
