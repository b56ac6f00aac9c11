// What a search looks for in an entity's message. Pure. [spec identity-server §11]
#pragma once

#include "app/api/services/identity/entity_registry.hpp"
#include "protocol/base/hex.hpp"

namespace ff::api {

/// Whether `text` has `part` in it, whatever the case of ASCII letters; an empty part is in all.
bool contains_text(std::string_view text, std::string_view part);

template <class Message>
std::string id_of(const Message& message) {
  const auto& ids = message.ids();
  if constexpr (requires { ids.device_id(); })
    return ids.device_id();
  else if constexpr (requires { ids.application_id(); })
    return ids.application_id();
  else if constexpr (requires { ids.client_id(); })
    return ids.client_id();
  else if constexpr (requires { ids.gateway_id(); })
    return ids.gateway_id();
  else if constexpr (requires { ids.organization_id(); })
    return ids.organization_id();
  else
    return ids.user_id();
}

template <class Message>
bool has_eui_like(const Message& message, std::string_view part) {
  const auto& ids = message.ids();
  const auto has = [&](const std::string& eui) {
    return !eui.empty() && contains_text(hex_lower(as_bytes(eui)), part);
  };
  if constexpr (requires { ids.dev_eui(); })
    return has(ids.dev_eui()) || has(ids.join_eui());
  else if constexpr (requires { ids.eui(); })
    return has(ids.eui());
  else
    return false;
}

/// Every pair names an attribute that has the text in it.
template <class Message, class Pairs>
bool has_attributes(const Message& message, const Pairs& pairs) {
  return std::ranges::all_of(pairs, [&](const auto& pair) {
    const auto found = message.attributes().find(pair.first);
    return found != message.attributes().end() && contains_text(found->second, pair.second);
  });
}

template <class Message, class Request>
bool matches_euis(const Message& message, const Request& request) {
  const auto has = [](const std::string& eui, const std::string& part) {
    return part.empty() || contains_text(hex_lower(as_bytes(eui)), part);
  };
  if constexpr (requires { request.eui_contains(); }) {
    if (!has(message.ids().eui(), request.eui_contains())) return false;
  }
  if constexpr (requires { request.dev_eui_contains(); }) {
    if (!has(message.ids().dev_eui(), request.dev_eui_contains())) return false;
    if (!has(message.ids().join_eui(), request.join_eui_contains())) return false;
  }
  return true;
}

/// Whether the entity is what a request searches for; all that it names must be there.
template <class Message, class Request>
bool matches(const Message& message, const Request& request) {
  const auto id = id_of(message);
  const auto& query = request.query();
  const bool is_found = query.empty() || contains_text(id, query) ||
                        contains_text(message.name(), query) ||
                        contains_text(message.description(), query) || has_eui_like(message, query);
  if (!is_found || !contains_text(id, request.id_contains()) ||
      !contains_text(message.name(), request.name_contains()) ||
      !contains_text(message.description(), request.description_contains()) ||
      !has_attributes(message, request.attributes_contain()))
    return false;
  if constexpr (requires { request.state(); }) {
    const auto& states = request.state();
    if (!states.empty() && std::ranges::find(states, message.state()) == states.end()) return false;
  }
  return matches_euis(message, request);
}

template <class Message, class Request>
std::function<bool(const identity_server::Entity&)> search_filter(const Request& request) {
  return [request](const identity_server::Entity& entity) {
    const auto message = entity_message<Message>(entity);
    return message && matches(*message, request);
  };
}

}  // namespace ff::api
