// `end-devices create`.
#include <google/protobuf/message.h>

#include "app/cli/device/creation.hpp"
#include "app/cli/device/device_calls.hpp"
#include "app/cli/device/device_commands.hpp"
#include "app/cli/device/device_flags.hpp"
#include "app/cli/session/json_objects.hpp"
#include "app/cli/session/session.hpp"
#include "protocol/api_json/api_json.hpp"
#include "ttn/lorawan/v3/application.pb.h"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

CreationWishes wishes_of(const Arguments& arguments) {
  return {.defaults = arguments.flag("defaults", true),
          .with_root_keys = arguments.flag("with-root-keys"),
          .with_session = arguments.flag("with-session"),
          .request_dev_eui = arguments.flag("request-dev-eui")};
}

/// A device of another cluster's application can be created here, but that is seldom meant.
Status check_application(Session& session, const pb::ApplicationIdentifiers& ids) {
  pb::GetApplicationRequest request;
  *request.mutable_application_ids() = ids;
  for (const auto* path :
       {"network_server_address", "application_server_address", "join_server_address"})
    request.mutable_field_mask()->add_paths(path);
  pb::Application application;
  FF_CHECK(session.api().call("ApplicationRegistry/Get", request, application));
  const auto check = [&](const std::string& address, Role role) {
    const auto expected = host_of(session.config().address(role));
    if (!address.empty() && host_of(address) != expected)
      session.warn("the application's " + std::string(name_of(role)) + " is `" + address +
                   "`, the configuration says `" + expected + "`");
  };
  check(application.network_server_address(), Role::network);
  check(application.application_server_address(), Role::application);
  check(application.join_server_address(), Role::join);
  return {};
}

Status create_one(Session& session, const Arguments& arguments, pb::EndDevice device,
                  std::vector<std::string> paths) {
  FF_CHECK(apply_device_flags(arguments, device, paths));
  if (device.ids().application_ids().application_id().empty()) return fail(no_end_device_id);
  FF_CHECK(check_application(session, device.ids().application_ids()));
  FF_CHECK(complete_device(session.api(), session.config(), wishes_of(arguments), session.random(),
                           device, paths));
  if (device.ids().device_id().empty()) return fail(no_end_device_id);
  DeviceCalls calls(session.api(), session.config(),
                    [&](std::string_view text) { session.warn(text); });
  FF_CHECK(calls.create(device, paths));
  return session.printer().item(device);
}

Status create_many(Session& session, const Arguments& arguments, std::string_view input) {
  JsonObjects objects(input);
  while (true) {
    FF_TRY(const auto object, objects.next());
    if (!object) return {};
    pb::EndDevice device;
    FF_CHECK(api_json::from_json(*object, device));
    auto paths = set_paths(device);
    FF_CHECK(create_one(session, arguments, std::move(device), std::move(paths)));
  }
}

Status create(Session& session, const Arguments& arguments) {
  const auto& input = session.input(arguments.words.empty() && !arguments.has("device-id"));
  if (!input.empty()) return create_many(session, arguments, input);
  pb::EndDevice device;
  device.set_supports_join(!arguments.flag("abp") && !arguments.flag("multicast"));
  return create_one(session, arguments, std::move(device), {});
}

std::vector<Flag> creation_flags() {
  auto flags = device_set_flags();
  const std::vector<Flag> more = {
      {"abp", FlagKind::boolean, "", "activated by personalization; it does not join"},
      {"defaults", FlagKind::boolean, "", "addresses and JoinEUI (default); =false: do not"},
      {"with-root-keys", FlagKind::boolean, "", "generate root keys"},
      {"with-session", FlagKind::boolean, "", "generate a session (ABP)"},
      {"request-dev-eui", FlagKind::boolean, "", "let the identity server issue a DevEUI"}};
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

}  // namespace

void add_device_creation(Command& root) {
  add_command(
      root, "end-devices",
      command_of({"create", "create an end device in all registries; several from standard input",
                  creation_flags, create}));
}

}  // namespace ff::cli
