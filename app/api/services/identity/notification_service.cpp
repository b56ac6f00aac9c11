// NotificationService: what users are told of, to read and to put aside.
#include "app/api/services/base/cause.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/entity_ids.hpp"
#include "app/api/services/identity/notifications.hpp"
#include "app/api/services/identity/page_wish.hpp"
#include "app/api/services/identity/services.hpp"
#include "app/api/services/identity/users.hpp"
#include "ttn/lorawan/v3/notification_service.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using identity_server::EntityPage;
using identity_server::EntityPtr;
using identity_server::EntityRows;

Result<pb::Notification> parse(const identity_server::Entity& entity) {
  pb::Notification out;
  if (!out.ParseFromArray(entity.message.data(), static_cast<int>(entity.message.size())))
    return fail(unreadable_entity);
  put_time(entity.created_at, *out.mutable_created_at());
  return out;
}

identity_server::PageWish wish_of(const pb::ListNotificationsRequest& request,
                                  std::uint32_t default_limit) {
  identity_server::PageWish wish;
  wish.limit = request.limit() > 0 ? request.limit() : default_limit;
  wish.skip = request.page() > 1 ? (request.page() - std::uint64_t{1}) * wish.limit : 0;
  wish.descending = true;  // Newest first: ids begin with their time.
  if (!request.status().empty()) {
    wish.filter = [wanted = request.status()](const identity_server::Entity& entity) {
      const auto notification = parse(entity);
      return notification && std::ranges::find(wanted, notification->status()) != wanted.end();
    };
  }
  return wish;
}

class Notifications final : public pb::NotificationService::CallbackService {
 public:
  Notifications(const ServiceContext& context, Identity identity)
      : context_(context), identity_(std::move(identity)) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const pb::CreateNotificationRequest* request,
                                   pb::CreateNotificationResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.NotificationService/Create", Access::open},
                                context, request, response,
                                [this](auto call, const auto& create, const auto& reply) {
                                  this->create(*call, create, reply);
                                });
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::ListNotificationsRequest* request,
                                 pb::ListNotificationsResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.NotificationService/List"}, context, request, response,
        [this, context](auto call, const auto& list, const auto& reply) {
          context_.authorized(call, user_key(list.receiver_ids().user_id()), {}, reply,
                              [=, this, &list] { this->list(context, list, reply); });
        });
  }

  grpc::ServerUnaryReactor* UpdateStatus(grpc::CallbackServerContext* context,
                                         const pb::UpdateNotificationStatusRequest* request,
                                         Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.NotificationService/UpdateStatus"}, context, request, response,
        [this](auto call, const auto& update, const auto& reply) {
          context_.authorized(call, user_key(update.receiver_ids().user_id()), {}, reply,
                              [=, this, &update] { this->update(call, update, reply); });
        });
  }

 private:
  /// For other processes of the cluster. [spec identity-server §10]
  void create(const Call& call, const pb::CreateNotificationRequest& request,
              const Reply<pb::CreateNotificationResponse>& reply) const {
    if (auto allowed = identity_.ports().cluster_keys.check(call); !allowed)
      return reply(fail(allowed.error()));
    const auto entity = entity_key_of(request.entity_ids());
    if (!entity) return reply(fail(no_receiver_user_ids));
    NewNotification wanted{.entity = *entity,
                           .type = request.notification_type(),
                           .data = request.has_data() ? request.data().SerializeAsString() : "",
                           .email = request.email()};
    wanted.receivers.clear();
    for (const auto receiver : request.receivers())
      wanted.receivers.push_back(static_cast<pb::NotificationReceiver>(receiver));
    wanted.sender = request.sender_ids().user_id();
    wanted.correlation_ids = call.correlation_ids;
    create_notification(identity_, std::move(wanted), [reply](const Result<std::string>& id) {
      if (!id) return reply(fail(id.error()));
      pb::CreateNotificationResponse out;
      out.set_id(*id);
      reply(std::move(out));
    });
  }

  void list(grpc::CallbackServerContext* server, const pb::ListNotificationsRequest& request,
            const Reply<pb::ListNotificationsResponse>& reply) const {
    auto find = [wish = wish_of(request, identity_.settings().default_page_limit),
                 user_id = request.receiver_ids().user_id()](const storage::Reader& store) {
      return identity_server::page_of_kind(store, storage::EntityKind::notification, {user_id},
                                           wish);
    };
    identity_.scan<EntityPage>(find, [=](const Result<EntityPage>& page) {
      if (!page) return reply(fail(page.error()));
      pb::ListNotificationsResponse out;
      for (const auto& entity : page->entities) {
        auto notification = parse(*entity);
        if (!notification) return reply(fail(std::move(notification).error()));
        *out.add_notifications() = *std::move(notification);
      }
      set_total(*server, page->total);
      reply(std::move(out));
    });
  }

  /// Those that are not there are passed over.
  void update(const std::shared_ptr<const Call>& call,
              const pb::UpdateNotificationStatusRequest& request, const Reply<Empty>& reply) const {
    const auto& user_id = request.receiver_ids().user_id();
    identity_server::ChangeEntities message;
    for (const auto& id : request.ids())
      message.keys.push_back({storage::EntityKind::notification, {user_id, id}});
    message.decide = [keys = message.keys, status = request.status()](EntityRows& rows,
                                                                      UtcTime now) -> Status {
      for (const auto& key : keys) {
        const auto* row = rows.find(key);
        if (row == nullptr) continue;
        FF_TRY(auto notification, parse(*row));
        notification.clear_created_at();
        notification.set_status(status);
        put_time(now, *notification.mutable_status_updated_at());
        rows.put(key, {.message = bytes_of(notification.SerializeAsString()), .unique = {}});
      }
      return {};
    };
    // The request stays until the reply is given.
    auto told = [=, this, &request](const Result<std::vector<EntityPtr>>& changed) {
      if (!changed) return reply(fail(changed.error()));
      publish_message(identity_, "user.notification.update_status",
                      user_key(request.receiver_ids().user_id()), cause_of(*call), request);
      reply(Empty());
    };
    identity_.change(std::move(message), std::move(told));
  }

  const ServiceContext& context_;
  Identity identity_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_notifications(const ServiceContext& context,
                                                  Identity identity) {
  return std::make_unique<Notifications>(context, std::move(identity));
}

}  // namespace ff::api
