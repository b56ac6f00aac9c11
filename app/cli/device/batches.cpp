// `end-devices batch-delete`. [spec cli §5, §6]
#include <google/protobuf/empty.pb.h>

#include <boost/json/parse.hpp>

#include <algorithm>

#include "app/cli/device/device_commands.hpp"
#include "app/cli/device/device_flags.hpp"
#include "app/cli/message/set_text.hpp"
#include "app/cli/session/json_objects.hpp"
#include "app/cli/session/session.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"
#include "ttn/lorawan/v3/end_device_services.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;
namespace json = boost::json;

/// The server's bound.
constexpr int batch_size_max = 20;

struct Wanted {
  std::string application_id;
  std::vector<std::string> device_ids;
};

/// `{"application_id": …, "device_ids": […]}`
Result<Wanted> wanted_of(std::string_view text) {
  json::error_code error;
  const auto value = json::parse(json::string_view(text.data(), text.size()), error);
  const auto malformed = [] {
    return fail(malformed_input,
                {{"line", 1}, {"reason", R"({"application_id":…,"device_ids":[…]} is expected)"}});
  };
  if (error || !value.is_object()) return malformed();
  const auto* application = value.as_object().if_contains("application_id");
  const auto* devices = value.as_object().if_contains("device_ids");
  if (application == nullptr || !application->is_string() || devices == nullptr ||
      !devices->is_array())
    return malformed();
  Wanted wanted{std::string(application->as_string()), {}};
  for (const auto& id : devices->as_array()) {
    if (!id.is_string()) return malformed();
    wanted.device_ids.emplace_back(id.as_string());
  }
  return wanted;
}

Result<Wanted> wanted_of(Session& session, const Arguments& arguments) {
  if (arguments.words.empty() && !arguments.has("application-id"))
    return wanted_of(session.input(true));
  Wanted wanted;
  auto words = arguments.words;
  wanted.application_id = arguments.text("application-id");
  if (wanted.application_id.empty()) {
    wanted.application_id = words.front();
    words.erase(words.begin());
  }
  wanted.device_ids = std::move(words);
  for (const auto& text : arguments.texts("device-ids")) {
    for (auto& id : split_commas(text)) wanted.device_ids.push_back(std::move(id));
  }
  return wanted;
}

/// Unknown ones are skipped: the identity server says which there are.
Status delete_batch(Session& session, const pb::BatchGetEndDevicesRequest& batch) {
  pb::EndDevices present;
  FF_CHECK(session.api().call("EndDeviceBatchRegistry/Get", batch, present));
  pb::BatchDeleteEndDevicesRequest request;
  *request.mutable_application_ids() = batch.application_ids();
  for (const auto& device : present.end_devices()) request.add_device_ids(device.ids().device_id());
  if (request.device_ids().empty()) return {};
  google::protobuf::Empty empty;
  for (const auto* method : {"JsEndDeviceBatchRegistry/Delete", "AsEndDeviceBatchRegistry/Delete",
                             "NsEndDeviceBatchRegistry/Delete", "EndDeviceBatchRegistry/Delete"})
    FF_CHECK(session.api().call(method, request, empty));
  return {};
}

Status delete_batches(Session& session, const Arguments& arguments) {
  FF_TRY(const auto wanted, wanted_of(session, arguments));
  if (wanted.application_id.empty() || wanted.device_ids.empty()) return fail(no_end_device_id);
  pb::BatchGetEndDevicesRequest batch;
  batch.mutable_application_ids()->set_application_id(wanted.application_id);
  for (const auto& id : wanted.device_ids) {
    batch.add_device_ids(id);
    if (batch.device_ids_size() < batch_size_max) continue;
    FF_CHECK(delete_batch(session, batch));
    batch.clear_device_ids();
  }
  return batch.device_ids().empty() ? Status() : delete_batch(session, batch);
}

}  // namespace

void add_device_batches(Command& root) {
  Command command;
  command.name = "batch-delete";
  command.summary = "delete end devices of an application in all registries";
  command.words = "[application-id] [device-id...]";
  command.words_max = 100'000;
  command.flags = [] {
    return std::vector<Flag>{{"application-id", FlagKind::text, "TEXT", ""},
                             {"device-ids", FlagKind::text, "VALUE,...", ""}};
  };
  command.run = delete_batches;
  add_command(root, "end-devices", std::move(command));
}

}  // namespace ff::cli
