#include "app/cli/entity/gateway.hpp"

#include <google/protobuf/empty.pb.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <charconv>

#include "app/cli/entity/entity_commands.hpp"
#include "app/cli/message/leaf.hpp"
#include "app/cli/message/set_text.hpp"
#include "ttn/lorawan/v3/gateway.pb.h"
#include "ttn/lorawan/v3/gateway_services.pb.h"
#include "ttn/lorawan/v3/gatewayserver.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;
using google::protobuf::DynamicCastToGenerated;
using google::protobuf::Message;

std::string flag_of(const Leaf& leaf) {
  std::string name = "antenna." + leaf.path;
  std::ranges::replace(name, '_', '-');
  return name;
}

std::vector<Flag> antenna_flags() {
  std::vector<Flag> flags;
  for (const auto& leaf : leaves_of(*pb::GatewayAntenna::descriptor()))
    flags.push_back({flag_of(leaf), FlagKind::text, std::string(value_hint(leaf)), ""});
  return flags;
}

/// Whether one was given.
Result<bool> set_antenna(const Arguments& arguments, pb::GatewayAntenna& antenna) {
  bool any = false;
  for (const auto& leaf : leaves_of(*pb::GatewayAntenna::descriptor())) {
    const auto flag = flag_of(leaf);
    if (!arguments.has(flag)) continue;
    any = true;
    FF_CHECK(set_text(antenna, leaf, arguments.texts(flag)));
  }
  return any;
}

Status complete_creation(Session& session, const Arguments& arguments, Message& message) {
  auto& request = *DynamicCastToGenerated<pb::CreateGatewayRequest>(&message);
  auto& gateway = *request.mutable_gateway();
  if (arguments.flag("defaults", true)) {
    if (gateway.gateway_server_address().empty() && session.config().is_enabled(Role::gateway))
      gateway.set_gateway_server_address(host_of(session.config().address(Role::gateway)));
    if (!arguments.has("auto-update")) gateway.set_auto_update(true);
    if (!arguments.has("enforce-duty-cycle")) gateway.set_enforce_duty_cycle(true);
    if (!arguments.has("status-public")) gateway.set_status_public(true);
    if (!arguments.has("location-public")) gateway.set_location_public(true);
  }
  pb::GatewayAntenna antenna;
  FF_TRY(const auto has_antenna, set_antenna(arguments, antenna));
  if (has_antenna) {
    gateway.clear_antennas();
    *gateway.add_antennas() = antenna;
  }
  if (gateway.frequency_plan_id().empty() && gateway.frequency_plan_ids().empty())
    session.warn("the gateway has no frequency plan");
  return {};
}

/// The position that --antenna.index names among `size`; the first one without it.
Result<int> index_of(const Arguments& arguments, int size) {
  const auto text = arguments.text("antenna.index");
  int index = 0;
  const auto* end = text.data() + text.size();
  const bool is_number = text.empty() || std::from_chars(text.data(), end, index).ptr == end;
  if (!is_number || index < 0 || index >= std::max(size, 1))
    return fail(antenna_index, {{"index", text}});
  return index;
}

Status edit(Session& session, const Arguments& arguments, Message& message) {
  auto& request = *DynamicCastToGenerated<pb::UpdateGatewayRequest>(&message);
  pb::GatewayAntenna probe;
  FF_TRY(const auto is_given, set_antenna(arguments, probe));
  const bool adds = arguments.flag("antenna.add");
  const bool removes = arguments.flag("antenna.remove");
  if (!is_given && !adds && !removes) return {};
  pb::GetGatewayRequest get;
  *get.mutable_gateway_ids() = request.gateway().ids();
  get.mutable_field_mask()->add_paths("antennas");
  pb::Gateway present;
  FF_CHECK(session.api().call("GatewayRegistry/Get", get, present));
  auto& antennas = *present.mutable_antennas();
  if (adds) {
    FF_CHECK(set_antenna(arguments, *antennas.Add()));
  } else {
    FF_TRY(const auto index, index_of(arguments, antennas.size()));
    if (antennas.empty() && removes) return fail(antenna_index, {{"index", index}});
    if (antennas.empty()) antennas.Add();
    if (removes) {
      antennas.DeleteSubrange(index, 1);
    } else {
      FF_CHECK(set_antenna(arguments, antennas[index]));
    }
  }
  request.mutable_gateway()->mutable_antennas()->Swap(&antennas);
  request.mutable_field_mask()->add_paths("antennas");
  return {};
}

Status find_id(Session& session, const Arguments&, Message& message) {
  auto& ids = *DynamicCastToGenerated<pb::GetGatewayRequest>(&message)->mutable_gateway_ids();
  if (!ids.gateway_id().empty()) return {};
  if (ids.eui().empty()) return fail(no_gateway_id);
  pb::GetGatewayIdentifiersForEUIRequest request;
  request.set_eui(ids.eui());
  return session.api().call("GatewayRegistry/GetIdentifiersForEUI", request, ids);
}

Status one_connection(Session& session, const pb::GatewayIdentifiers& ids) {
  pb::GetGatewayRequest get;
  *get.mutable_gateway_ids() = ids;
  get.mutable_field_mask()->add_paths("gateway_server_address");
  pb::Gateway gateway;
  FF_CHECK(session.api().call("GatewayRegistry/Get", get, gateway));
  const auto expected = host_of(session.config().address(Role::gateway));
  const auto address = host_of(gateway.gateway_server_address());
  if (!address.empty() && address != expected)
    return fail(gateway_server_address_mismatch, {{"address", address}, {"expected", expected}});
  pb::GatewayConnectionStats stats;
  FF_CHECK(session.api().call("Gs/GetGatewayConnectionStats", ids, stats));
  return session.printer().item(stats);
}

std::vector<std::string> gateways_of(const Arguments& arguments) {
  auto ids = arguments.words;
  for (const auto* flag : {"gateway-id", "gateway-ids"}) {
    for (const auto& text : arguments.texts(flag)) {
      for (auto& id : split_commas(text)) ids.push_back(std::move(id));
    }
  }
  return ids;
}

/// As many at once as the server takes. [spec cli §5]
Status delete_batches(Session& session, const Arguments& arguments) {
  constexpr int batch_size_max = 20;
  const auto ids = gateways_of(arguments);
  if (ids.empty()) return fail(no_gateway_id);
  google::protobuf::Empty empty;
  pb::BatchDeleteGatewaysRequest batch;
  for (const auto& id : ids) {
    batch.add_gateway_ids()->set_gateway_id(id);
    if (batch.gateway_ids_size() < batch_size_max) continue;
    FF_CHECK(session.api().call("GatewayBatchRegistry/Delete", batch, empty));
    batch.Clear();
  }
  if (batch.gateway_ids().empty()) return {};
  return session.api().call("GatewayBatchRegistry/Delete", batch, empty);
}

/// [spec cli §5]
Status connection_stats(Session& session, const Arguments& arguments) {
  auto ids = gateways_of(arguments);
  if (ids.empty()) return fail(no_gateway_id);
  pb::BatchGetGatewayConnectionStatsRequest request;
  for (auto& id : ids) request.add_gateway_ids()->set_gateway_id(std::move(id));
  if (request.gateway_ids_size() == 1) return one_connection(session, request.gateway_ids(0));
  for (const auto& path : split_commas(arguments.text("paths")))
    request.mutable_field_mask()->add_paths(path);
  pb::BatchGetGatewayConnectionStatsResponse answer;
  FF_CHECK(session.api().call("Gs/BatchGetGatewayConnectionStats", request, answer));
  return session.printer().item(answer);
}

}  // namespace

void find_gateway_by_eui(MethodCommand& row) {
  row.words = {"gateway-id", "gateway-eui"};
  row.prepare = find_id;
}

void complete_new_gateway(MethodCommand& row) {
  row.words = {"gateway-id", "gateway-eui"};
  row.more_flags = antenna_flags();
  row.more_flags.push_back({"defaults", FlagKind::boolean, "",
                            "fill in what most gateways have (default); =false: do not"});
  row.prepare = complete_creation;
}

void edit_antennas(MethodCommand& row) {
  row.more_flags = antenna_flags();
  row.more_flags.push_back({"antenna.index", FlagKind::text, "NUMBER", "which antenna, from 0"});
  row.more_flags.push_back({"antenna.add", FlagKind::boolean, "", "one more antenna"});
  row.more_flags.push_back({"antenna.remove", FlagKind::boolean, "", "without that antenna"});
  row.prepare = edit;
}

void add_gateway_commands(Command& root) {
  Command stats;
  stats.name = "get-connection-stats";
  stats.summary = "how gateways are connected";
  stats.words = "[gateway-id...]";
  stats.words_max = 100;
  stats.flags = [] {
    return std::vector<Flag>{{"gateway-id", FlagKind::text, "TEXT", ""},
                             {"gateway-ids", FlagKind::text, "VALUE,...", "several at once"},
                             {"paths", FlagKind::text, "PATH,...", "what is wanted of several"}};
  };
  stats.run = connection_stats;
  add_command(root, "gateways", std::move(stats));

  Command batch;
  batch.name = "batch-delete";
  batch.summary = "delete several gateways";
  batch.words = "[gateway-id...]";
  batch.words_max = 100'000;
  batch.flags = [] { return std::vector<Flag>{{"gateway-ids", FlagKind::text, "VALUE,...", ""}}; };
  batch.run = delete_batches;
  add_command(root, "gateways", std::move(batch));

  add_method_command(root, {.group = "gateways",
                            .name = "run-command",
                            .summary = "run a command on a Basic Station, where that is allowed",
                            .shape = {"farfield.v1.GsStations/RunCommand", "", {}},
                            .words = {"gateway-id", "command"}});
  add_method_command(root, {.group = "gateways",
                            .name = "list-frequency-plans",
                            .summary = "list frequency plans",
                            .shape = {"Configuration/ListFrequencyPlans", "", {}},
                            .words = {},
                            .access = Access::optional});
}

}  // namespace ff::cli
