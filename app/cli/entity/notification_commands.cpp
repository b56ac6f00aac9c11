// `notifications`: those that were not seen, unless others are asked for. [spec cli §5]
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/message.h>

#include "app/cli/entity/entity_commands.hpp"
#include "app/cli/entity/method_command.hpp"
#include "ttn/lorawan/v3/notification_service.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;
using google::protobuf::DynamicCastToGenerated;
using google::protobuf::Message;

Status complete(Session&, const Arguments& arguments, Message& message) {
  auto& request = *DynamicCastToGenerated<pb::ListNotificationsRequest>(&message);
  if (!arguments.has("status")) request.add_status(pb::NOTIFICATION_STATUS_UNSEEN);
  return {};
}

/// They are shown before they count as seen.
Status show(Session& session, const Arguments& arguments, const Message& message) {
  FF_CHECK(show_answer(session, message));
  const auto& answer = *DynamicCastToGenerated<pb::ListNotificationsResponse>(&message);
  if (!arguments.flag("mark-as-seen") || answer.notifications().empty()) return {};
  pb::UpdateNotificationStatusRequest request;
  request.mutable_receiver_ids()->set_user_id(arguments.text("user-id"));
  request.set_status(pb::NOTIFICATION_STATUS_SEEN);
  for (const auto& notification : answer.notifications()) request.add_ids(notification.id());
  google::protobuf::Empty empty;
  return session.api().call("NotificationService/UpdateStatus", request, empty);
}

}  // namespace

void add_notification_commands(Command& root) {
  add_method_command(root, {.group = "notifications",
                            .name = "list",
                            .summary = "list notifications that were not seen",
                            .shape = {"NotificationService/List", "", {}},
                            .words = {"user-id"},
                            .more_flags = {{"mark-as-seen", FlagKind::boolean, "", ""}},
                            .prepare = complete,
                            .show = show});
  add_method_command(root, {.group = "notifications",
                            .name = "set-status",
                            .summary = "mark notifications as seen or archived",
                            .shape = {"NotificationService/UpdateStatus", "", {}},
                            .words = {"user-id"}});
  group_at(root, "notifications").summary = "notifications of a user";
}

}  // namespace ff::cli
