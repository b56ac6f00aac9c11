// `end-devices downlink`: the queue of an end device. [spec cli §5]
#include <google/protobuf/empty.pb.h>

#include <algorithm>
#include <charconv>

#include "app/cli/device/device_commands.hpp"
#include "app/cli/device/device_flags.hpp"
#include "app/cli/entity/method_command.hpp"
#include "app/cli/live/live_commands.hpp"
#include "app/cli/message/leaf.hpp"
#include "app/cli/message/set_text.hpp"
#include "app/cli/session/session.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

constexpr std::string_view gateways_path = "class_b_c.gateways";

std::string flag_of(std::string_view path) {
  std::string name(path);
  std::ranges::replace(name, '_', '-');
  return name;
}

std::vector<Flag> downlink_flags() {
  auto flags = device_id_flags();
  for (const auto& leaf : leaves_of(*pb::ApplicationDownlink::descriptor())) {
    const bool is_boolean = leaf.kind == LeafKind::boolean;
    const bool is_gateways = leaf.path == gateways_path;
    flags.push_back({flag_of(leaf.path), is_boolean ? FlagKind::boolean : FlagKind::text,
                     is_gateways ? "ID[:ANTENNA[:GROUP]],..." : std::string(value_hint(leaf)), ""});
  }
  return flags;
}

Result<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto* end = text.data() + text.size();
  if (text.empty() || std::from_chars(text.data(), end, value).ptr != end)
    return fail(invalid_text, {{"field", gateways_path}, {"reason", "a number is expected"}});
  return value;
}

/// `gateway[:antenna[:group]]`
Status add_gateway(std::string_view text, pb::ApplicationDownlink& downlink) {
  auto& gateway = *downlink.mutable_class_b_c()->add_gateways();
  const auto first = std::min(text.find(':'), text.size());
  gateway.mutable_gateway_ids()->set_gateway_id(std::string(text.substr(0, first)));
  text.remove_prefix(std::min(first + 1, text.size()));
  if (text.empty()) return {};
  const auto second = std::min(text.find(':'), text.size());
  FF_TRY(const auto antenna, number(text.substr(0, second)));
  gateway.set_antenna_index(antenna);
  if (second == text.size()) return {};
  FF_TRY(const auto group, number(text.substr(second + 1)));
  gateway.set_group_index(group);
  return {};
}

Status read_downlink(const Arguments& arguments, pb::ApplicationDownlink& downlink) {
  for (const auto& leaf : leaves_of(*pb::ApplicationDownlink::descriptor())) {
    const auto flag = flag_of(leaf.path);
    if (!arguments.has(flag)) continue;
    const auto texts = arguments.texts(flag);
    if (leaf.path != gateways_path || texts.back().starts_with('[') ||
        texts.back().starts_with('{')) {
      FF_CHECK(set_text(downlink, leaf, texts));
      continue;
    }
    for (const auto& text : texts) {
      for (const auto& gateway : split_commas(text)) FF_CHECK(add_gateway(gateway, downlink));
    }
  }
  return {};
}

Status send(Session& session, const Arguments& arguments, const char* method, bool has_downlink) {
  pb::DownlinkQueueRequest request;
  FF_CHECK(require_ids(arguments, *request.mutable_end_device_ids()));
  if (has_downlink) FF_CHECK(read_downlink(arguments, *request.add_downlinks()));
  google::protobuf::Empty empty;
  return session.api().call(method, request, empty);
}

Status list(Session& session, const Arguments& arguments) {
  pb::EndDeviceIdentifiers ids;
  FF_CHECK(require_ids(arguments, ids));
  pb::ApplicationDownlinks answer;
  FF_CHECK(session.api().call("AppAs/DownlinkQueueList", ids, answer));
  return show_answer(session, answer);
}

constexpr DeviceCommand rows[] = {
    {"push", "put a downlink into the queue", downlink_flags,
     [](Session& session, const Arguments& arguments) {
       return send(session, arguments, "AppAs/DownlinkQueuePush", true);
     }},
    {"replace", "replace the queue by a downlink", downlink_flags,
     [](Session& session, const Arguments& arguments) {
       return send(session, arguments, "AppAs/DownlinkQueueReplace", true);
     }},
    {"clear", "empty the queue", device_id_flags,
     [](Session& session, const Arguments& arguments) {
       return send(session, arguments, "AppAs/DownlinkQueueReplace", false);
     }},
    {"list", "list the queue", device_id_flags, list},
};

}  // namespace

void add_downlink_commands(Command& root) {
  for (const auto* group : {"end-devices downlink", "applications downlink"}) {
    for (const auto& row : rows) add_command(root, group, command_of(row));
    group_at(root, group).summary = "the queue of downlinks of an end device";
  }
  // Where it was once.
  group_at(root, "applications downlink").hidden = true;
}

}  // namespace ff::cli
