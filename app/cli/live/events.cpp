// `events`: a stream per address that has one, shown as one. [spec cli §5]
#include <mutex>
#include <set>
#include <thread>

#include "app/cli/entity/method_command.hpp"
#include "app/cli/live/live_commands.hpp"
#include "app/cli/message/leaf.hpp"
#include "app/cli/message/set_text.hpp"
#include "app/cli/session/session.hpp"
#include "ttn/lorawan/v3/events.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

constexpr ErrorDef no_ids{"cli", "no_ids", Code::invalid_argument,
                          "no entity was given; use --application-id, --gateway-id, ..."};

std::vector<std::string> ids_of(const Arguments& arguments, const char* flag) {
  std::vector<std::string> ids;
  for (const auto& text : arguments.texts(flag)) {
    for (auto& id : split_commas(text)) ids.push_back(std::move(id));
  }
  return ids;
}

/// Devices are those of every application that is given. [spec cli §5]
void add_identifiers(const Arguments& arguments, pb::StreamEventsRequest& request) {
  const auto devices = ids_of(arguments, "device-id");
  for (const auto& application : ids_of(arguments, "application-id")) {
    if (devices.empty())
      request.add_identifiers()->mutable_application_ids()->set_application_id(application);
    for (const auto& device : devices) {
      auto& ids = *request.add_identifiers()->mutable_device_ids();
      ids.mutable_application_ids()->set_application_id(application);
      ids.set_device_id(device);
    }
  }
  for (const auto& id : ids_of(arguments, "gateway-id"))
    request.add_identifiers()->mutable_gateway_ids()->set_gateway_id(id);
  for (const auto& id : ids_of(arguments, "client-id"))
    request.add_identifiers()->mutable_client_ids()->set_client_id(id);
  for (const auto& id : ids_of(arguments, "organization-id"))
    request.add_identifiers()->mutable_organization_ids()->set_organization_id(id);
  for (const auto& id : ids_of(arguments, "user-id"))
    request.add_identifiers()->mutable_user_ids()->set_user_id(id);
}

Status add_wishes(const Arguments& arguments, pb::StreamEventsRequest& request) {
  for (const auto& leaf : leaves_of(*pb::StreamEventsRequest::descriptor())) {
    if (leaf.path != "identifiers" && arguments.has(leaf.path))
      FF_CHECK(set_text(request, leaf, arguments.texts(leaf.path)));
  }
  return {};
}

/// Components with an address of their own.
std::vector<Role> sources_of(const Config& config) {
  std::set<std::string> seen;
  std::vector<Role> roles;
  for (const auto role :
       {Role::identity, Role::gateway, Role::network, Role::application, Role::join}) {
    if (config.is_enabled(role) && seen.insert(config.address(role)).second) roles.push_back(role);
  }
  return roles;
}

class Merged {
 public:
  Merged(Session& session, const pb::StreamEventsRequest& request)
      : session_(session), request_(request) {}

  /// Until all streams have ended; the first error that one ended with.
  Status run() {
    std::vector<std::thread> threads;
    for (const auto role : sources_of(session_.config()))
      threads.emplace_back([this, role] { follow(role); });
    for (auto& thread : threads) thread.join();
    return status_;
  }

 private:
  void follow(Role role) {
    pb::Event event;
    const auto done = session_.api().stream({"Events/Stream", request_, role}, event, [&] {
      const std::scoped_lock lock(mutex_);
      const auto shown = session_.printer().streamed(event);
      if (!shown && status_) status_ = shown;
      return status_.has_value();
    });
    const std::scoped_lock lock(mutex_);
    if (!done && status_) status_ = done;
  }

  Session& session_;
  const pb::StreamEventsRequest& request_;
  std::mutex mutex_;
  Status status_;
};

Status follow_events(Session& session, const Arguments& arguments) {
  pb::StreamEventsRequest request;
  add_identifiers(arguments, request);
  if (request.identifiers().empty()) return fail(no_ids);
  FF_CHECK(add_wishes(arguments, request));
  return Merged(session, request).run();
}

}  // namespace

void add_event_commands(Command& root) {
  add_method_command(root, {.group = "events",
                            .name = "find-related",
                            .summary = "find events with a correlation ID",
                            .shape = {"Events/FindRelated", "", {}},
                            .words = {"correlation-id"}});
  Command command;
  command.name = "events";
  command.summary = "show events as they come";
  command.flags = [] {
    return std::vector<Flag>{
        {"application-id", FlagKind::text, "ID,...", ""},
        {"device-id", FlagKind::text, "ID,...", "of every application that is given"},
        {"gateway-id", FlagKind::text, "ID,...", ""},
        {"client-id", FlagKind::text, "ID,...", ""},
        {"organization-id", FlagKind::text, "ID,...", ""},
        {"user-id", FlagKind::text, "ID,...", ""},
        {"names", FlagKind::text, "NAME,...", "such as ns.up.*; all without it"},
        {"tail", FlagKind::text, "NUMBER", "so many of the past first"},
        {"after", FlagKind::text, "TIME", "those after it first"}};
  };
  command.run = follow_events;
  add_command(root, "", std::move(command));
}

void add_live_commands(Command& root) {
  add_event_commands(root);
  add_downlink_commands(root);
  add_simulation(root);
  add_formatter_commands(root);
  add_relay_commands(root);
}

}  // namespace ff::cli
