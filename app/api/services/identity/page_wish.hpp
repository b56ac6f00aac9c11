// A page of entities as requests ask for it: order, limit, page. [spec identity-server §12]
#pragma once

#include "app/api/services/identity/entity_registry.hpp"

namespace ff::api {

/// Text that sorts as times do.
inline std::string time_text(UtcTime time) {
  const auto text = std::to_string(std::max<std::int64_t>(time.time_since_epoch().count(), 0));
  return std::string(20 - std::min<std::size_t>(text.size(), 20), '0') + text;
}

/// What an entity is sorted by; the orders that a method allows have been checked.
template <class Message>
std::string sort_text(const std::string& order, const identity_server::Entity& entity) {
  if (order == "created_at") return time_text(entity.created_at);
  Message message;
  if (!message.ParseFromArray(entity.message.data(), static_cast<int>(entity.message.size())))
    return {};
  if constexpr (requires { message.name(); }) {
    if (order == "name") return message.name();
  }
  if constexpr (requires { message.description(); }) {
    if (order == "description") return message.description();
  }
  if constexpr (requires { message.primary_email_address(); }) {
    if (order == "primary_email_address") return message.primary_email_address();
    if (order == "admin") return message.admin() ? "1" : "0";
  }
  if constexpr (requires { message.state_description(); }) {
    if (order == "state") return std::to_string(message.state());
  }
  if constexpr (requires { message.ids().eui(); }) {
    if (order == "gateway_eui") return message.ids().eui();
  }
  if constexpr (requires { message.ids().join_eui(); }) {
    if (order == "join_eui") return message.ids().join_eui();
    if (order == "dev_eui") return message.ids().dev_eui();
    if (order == "last_seen_at") return time_text(time_of(message.last_seen_at()));
  }
  return {};
}

template <class Message>
identity_server::PageWish page_wish(const PageRequest& request, identity_server::Deleted deleted,
                                    std::uint32_t default_limit) {
  identity_server::PageWish wish;
  wish.deleted = deleted;
  wish.limit = request.limit > 0 ? request.limit : default_limit;
  wish.skip = request.page > 1 ? (request.page - std::uint64_t{1}) * wish.limit : 0;
  wish.descending = request.order.starts_with('-');
  auto order = request.order.substr(wish.descending ? 1 : 0);
  // The id is the order of the store; `user_id` and the like end so, `gateway_eui` does not.
  if (!order.empty() && !order.ends_with("_id")) {
    wish.sort_text = [order](const identity_server::Entity& entity) {
      return sort_text<Message>(order, entity);
    };
  }
  return wish;
}

/// Of a request with a flag for deleted ones.
template <class Message, class Request>
identity_server::PageWish page_wish(const Request& request, std::uint32_t default_limit) {
  auto deleted = identity_server::Deleted::without;
  if constexpr (requires { request.deleted(); }) {
    if (request.deleted()) deleted = identity_server::Deleted::only;
  }
  return page_wish<Message>({request.order(), request.limit(), request.page()}, deleted,
                            default_limit);
}

}  // namespace ff::api
