// `simulate application-uplink`. [spec cli §5]
#include <google/protobuf/message.h>

#include <chrono>

#include "app/cli/device/device_flags.hpp"
#include "app/cli/entity/method_command.hpp"
#include "app/cli/live/live_commands.hpp"
#include "app/cli/live/uplink_settings.hpp"
#include "app/cli/session/clock.hpp"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

Status complete(Session&, const Arguments&, google::protobuf::Message& message) {
  auto& up = *google::protobuf::DynamicCastToGenerated<pb::ApplicationUp>(&message);
  if (up.end_device_ids().application_ids().application_id().empty() ||
      up.end_device_ids().device_id().empty())
    return fail(no_end_device_id);
  auto& uplink = *up.mutable_uplink_message();
  const auto put_now = [](google::protobuf::Timestamp& time) {
    const auto now = utc_now().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now);
    time.set_seconds(seconds.count());
    time.set_nanos(static_cast<std::int32_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now - seconds).count()));
  };
  if (!up.has_received_at()) put_now(*up.mutable_received_at());
  if (!uplink.has_received_at()) *uplink.mutable_received_at() = up.received_at();
  complete_settings(*uplink.mutable_settings());
  return {};
}

}  // namespace

void add_simulation(Command& root) {
  MethodCommand row{.group = "simulate",
                    .name = "application-uplink",
                    .summary = "send a message to an application's integrations as if a device had",
                    .shape = {"AppAs/SimulateUplink", "up.uplink_message", {}},
                    .words = {"application-id", "device-id"}};
  // The server marks messages as simulated, and refuses those that say so themselves.
  for (const auto* other : {"uplink_normalized", "join_accept", "downlink_", "location_solved",
                            "service_data", "simulated"})
    row.shape.left_out.push_back("up." + std::string(other));
  row.prepare = complete;
  add_method_command(root, std::move(row));
  group_at(root, "simulate").summary = "simulated traffic";
}

}  // namespace ff::cli
