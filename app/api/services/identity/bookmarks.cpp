// UserBookmarkRegistry: entities that a user wants to find again.
#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/entity_ids.hpp"
#include "app/api/services/identity/page_wish.hpp"
#include "app/api/services/identity/services.hpp"
#include "app/api/services/identity/users.hpp"
#include "ttn/lorawan/v3/user_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using identity_server::EntityPage;
using identity_server::EntityPtr;
using identity_server::EntityRows;
using storage::EntityKey;

constexpr ErrorDef user_bookmark_not_found{"pkg/identityserver/store", "user_bookmark_not_found",
                                           Code::not_found, "bookmark not found"};
constexpr ErrorDef required_field{"pkg/errors", "validation", Code::invalid_argument,
                                  "invalid `{field}`: {reason}"};

EntityKey bookmark_key(const std::string& user_id, const EntityKey& entity) {
  auto uid = entity.ids.front();
  if (entity.ids.size() > 1) uid += "." + entity.ids[1];
  return {storage::EntityKind::user_bookmark,
          {user_id, std::string(identity_server::kind_name(entity.kind)), uid}};
}

Error without_entity() {
  return Error(required_field, {{"field", "entity_ids"}, {"reason", "value is required"}});
}

/// Bookmarks whose entity is there; with `deleted` also those that lead to deleted ones.
std::function<bool(const identity_server::Entity&)> filter_of(
    const storage::Reader& store, const pb::ListUserBookmarksRequest& request) {
  return [&store, types = request.entity_types(),
          deleted = request.deleted()](const identity_server::Entity& entity) {
    const auto& kind = entity.key.ids.at(1);
    const auto type = kind == "end_device" ? std::string("end device") : kind;
    if (!types.empty() && std::ranges::find(types, type) == types.end()) return false;
    const auto bookmark = entity_message<pb::UserBookmark>(entity);
    const auto key = bookmark ? entity_key_of(bookmark->entity_ids()) : std::nullopt;
    if (!key) return false;
    return get_entity(store, *key,
                      deleted ? identity_server::Deleted::with : identity_server::Deleted::without)
        .has_value();
  };
}

Result<EntityPage> find_page(const storage::Reader& store,
                             const pb::ListUserBookmarksRequest& request,
                             std::uint32_t default_limit) {
  auto order = request.order().empty() ? "created_at" : request.order();
  auto wish = page_wish<pb::UserBookmark>({order, request.limit(), request.page()},
                                          identity_server::Deleted::without, default_limit);
  if (order.ends_with("entity_type"))
    wish.sort_text = [](const identity_server::Entity& entity) { return entity.key.ids.at(1); };
  if (order.ends_with("entity_id"))
    wish.sort_text = [](const identity_server::Entity& entity) { return entity.key.ids.at(2); };
  wish.filter = filter_of(store, request);
  return identity_server::page_of_kind(store, storage::EntityKind::user_bookmark,
                                       {request.user_ids().user_id()}, wish);
}

class Bookmarks final : public pb::UserBookmarkRegistry::CallbackService {
 public:
  Bookmarks(const ServiceContext& context, Identity identity)
      : context_(context), identity_(std::move(identity)) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const pb::CreateUserBookmarkRequest* request,
                                   pb::UserBookmark* response) override {
    return context_.front.unary({"ttn.lorawan.v3.UserBookmarkRegistry/Create"}, context, request,
                                response, [this](auto call, const auto& create, const auto& reply) {
                                  context_.authorized(
                                      call, user_key(create.user_ids().user_id()), {}, reply,
                                      [=, this, &create] { this->create(call, create, reply); });
                                });
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::ListUserBookmarksRequest* request,
                                 pb::UserBookmarks* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.UserBookmarkRegistry/List"}, context, request, response,
        [this, context](auto call, const auto& list, const auto& reply) {
          context_.authorized(call, user_key(list.user_ids().user_id()), {}, reply,
                              [=, this, &list] { this->list(context, list, reply); });
        });
  }

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::DeleteUserBookmarkRequest* request,
                                   Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.UserBookmarkRegistry/Delete"}, context, request, response,
        [this](auto call, const auto& erase, const auto& reply) {
          const auto& user_id = erase.user_ids().user_id();
          const auto entity = entity_key_of(erase.entity_ids());
          if (!entity) return reply(fail(without_entity()));
          const auto key = bookmark_key(user_id, *entity);
          context_.authorized(call, user_key(user_id), {}, reply, [=, this] {
            identity_.of(*call).erase(key, [reply](const Status& erased) {
              if (!erased && erased.error().code() == Code::not_found)
                return reply(fail(user_bookmark_not_found));
              if (!erased) return reply(fail(erased.error()));
              reply(Empty());
            });
          });
        });
  }

  grpc::ServerUnaryReactor* BatchDelete(grpc::CallbackServerContext* context,
                                        const pb::BatchDeleteUserBookmarksRequest* request,
                                        Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.UserBookmarkRegistry/BatchDelete"}, context, request, response,
        [this](auto call, const auto& erase, const auto& reply) {
          context_.authorized(call, user_key(erase.user_ids().user_id()), {}, reply,
                              [=, this, &erase] { erase_all(call, erase, reply); });
        });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  void create(const CallPtr& call, const pb::CreateUserBookmarkRequest& create,
              const Reply<pb::UserBookmark>& reply) const {
    const auto entity = entity_key_of(create.entity_ids());
    if (!entity) return reply(fail(without_entity()));
    const auto key = bookmark_key(create.user_ids().user_id(), *entity);
    pb::UserBookmark bookmark;
    *bookmark.mutable_user_ids() = create.user_ids();
    *bookmark.mutable_entity_ids() = create.entity_ids();
    identity_server::ChangeEntities message;
    message.keys = {key, *entity};
    message.decide = [=, entity = *entity](EntityRows& rows, UtcTime) -> Status {
      FF_CHECK(rows.live(entity));
      if (rows.find(key) != nullptr) return fail(identity_server::already_exists);
      rows.put(key, {.message = bytes_of(bookmark.SerializeAsString()), .unique = {}});
      return {};
    };
    identity_.of(*call).change(
        std::move(message), [=](const Result<std::vector<EntityPtr>>& stored) {
          if (!stored) return reply(fail(stored.error()));
          auto created = bookmark;
          put_time(stored->front()->created_at, *created.mutable_created_at());
          reply(std::move(created));
        });
  }

  void list(grpc::CallbackServerContext* server, const pb::ListUserBookmarksRequest& request,
            const Reply<pb::UserBookmarks>& reply) const {
    auto find = [request, limit = identity_.settings().default_page_limit](
                    const storage::Reader& store) { return find_page(store, request, limit); };
    identity_.scan<EntityPage>(find, [=](const Result<EntityPage>& page) {
      if (!page) return reply(fail(page.error()));
      pb::UserBookmarks out;
      for (const auto& entity : page->entities) {
        auto& bookmark = *out.add_bookmarks();
        if (!bookmark.ParseFromArray(entity->message.data(),
                                     static_cast<int>(entity->message.size())))
          return reply(fail(unreadable_entity));
        put_time(entity->created_at, *bookmark.mutable_created_at());
      }
      set_total(*server, page->total);
      reply(std::move(out));
    });
  }

  /// Those that are not there are passed over.
  void erase_all(const CallPtr& call, const pb::BatchDeleteUserBookmarksRequest& request,
                 const Reply<Empty>& reply) const {
    identity_server::ChangeEntities message;
    for (const auto& ids : request.entity_ids()) {
      const auto entity = entity_key_of(ids);
      if (!entity) return reply(fail(without_entity()));
      const auto key = bookmark_key(request.user_ids().user_id(), *entity);
      if (std::ranges::find(message.keys, key) == message.keys.end()) message.keys.push_back(key);
    }
    message.decide = [keys = message.keys](EntityRows& rows, UtcTime) -> Status {
      for (const auto& key : keys) rows.erase(key);
      return {};
    };
    identity_.of(*call).change(std::move(message),
                               [reply](const Result<std::vector<EntityPtr>>& erased) {
                                 if (!erased) return reply(fail(erased.error()));
                                 reply(Empty());
                               });
  }

  const ServiceContext& context_;
  Identity identity_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_bookmarks(const ServiceContext& context, Identity identity) {
  return std::make_unique<Bookmarks>(context, std::move(identity));
}

}  // namespace ff::api
