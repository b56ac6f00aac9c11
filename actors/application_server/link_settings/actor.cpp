#include "actors/application_server/link_settings/actor.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server {
namespace {

struct Shell {
  static inline const char* name = "link_settings";
  actors::Deps deps;
  LinkSettingsTable table;
  /// Changes on their way to the store: what the next one builds on.
  std::unordered_map<ApplicationId, std::pair<std::size_t, LinkPtr>> changing;
};
using Pointer = LinkSettingsActor::stateful_pointer<Shell>;

class WriteNotice final : public actors::Release {
 public:
  WriteNotice(LinkSettingsActor registry, LinkWritten written)
      : registry_(std::move(registry)), written_(std::move(written)) {}
  void committed() noexcept override { caf::anon_send(registry_, std::move(written_)); }
  void failed(const Error& error) noexcept override {
    written_.status = fail(error);
    caf::anon_send(registry_, std::move(written_));
  }

 private:
  LinkSettingsActor registry_;
  LinkWritten written_;
};

LinkPtr newest(const Shell& state, const ApplicationId& application_id) {
  const auto found = state.changing.find(application_id);
  return found == state.changing.end() ? state.table.find(application_id) : found->second.second;
}

void write(Pointer self, LinkWritten change) {
  auto& state = self->state;
  storage::WriteBatch records;
  const auto key = link_settings_key(change.application_id);
  if (change.link) {
    records.put(storage::Family::entity, key, encode_link_settings(change.link->settings));
  } else {
    records.erase(storage::Family::entity, key);
  }
  auto& changing = state.changing[change.application_id];
  ++changing.first;
  changing.second = change.link;
  auto notice = std::make_shared<WriteNotice>(LinkSettingsActor(self), std::move(change));
  caf::anon_send(state.deps.committer.get(), actors::Commit{std::move(records), std::move(notice)});
}

void set(Pointer self, const SetLink& message) {
  const auto current = newest(self->state, message.application_id);
  auto next = message.change(current ? &current->settings : nullptr);
  if (!next) return message.reply(fail(next.error()));
  auto link = make_link(*std::move(next), message.application_id);
  write(self, {message.application_id, link, {}, [link, reply = message.reply](const Status& done) {
                 if (!done) return reply(fail(done.error()));
                 reply(link);
               }});
}

void erase(Pointer self, const DeleteLink& message) {
  if (!newest(self->state, message.application_id)) return message.reply(fail(link_not_found));
  write(self, {message.application_id, nullptr, {}, message.reply});
}

void get(const Shell& state, const GetLink& message) {
  auto link = newest(state, message.application_id);
  if (!link) return message.reply(fail(link_not_found));
  message.reply(std::move(link));
}

void written(Pointer self, const LinkWritten& message) {
  auto& state = self->state;
  // Nothing is known about the records: begin again with what is durable.
  if (!message.status) {
    message.reply(message.status);
    return self->quit(actors::to_caf(message.status.error()));
  }
  state.table.put(message.application_id, message.link);
  const auto found = state.changing.find(message.application_id);
  if (found != state.changing.end() && --found->second.first == 0) state.changing.erase(found);
  message.reply({});
}

LinkSettingsActor::behavior_type registry(Pointer self, actors::Deps deps,
                                          LinkSettingsTable table) {
  actors::prepare(self, Shell::name);
  self->state.deps = std::move(deps);
  self->state.table = std::move(table);
  return {
      [self](const SetLink& message) { set(self, message); },
      [self](const GetLink& message) { get(self->state, message); },
      [self](const DeleteLink& message) { erase(self, message); },
      [self](const LinkWritten& message) { written(self, message); },
  };
}

}  // namespace

Status load_link_settings(const storage::Reader& store, const LinkSettingsTable& table) {
  LinkSettingsTable::Links links;
  const auto range = link_settings_rows();
  const auto take = [&](ByteView key, ByteView row) {
    auto application_id = parse_link_settings_key(key);
    auto settings = decode_link_settings(row);
    if (application_id && settings) {
      auto link = make_link(*std::move(settings), *application_id);
      links.emplace(*std::move(application_id), std::move(link));
    } else {
      spdlog::error("msg=\"settings of an application are damaged\"");
    }
    return true;
  };
  FF_CHECK(store.scan({.family = storage::Family::entity, .range = range}, take));
  table.assign(std::move(links));
  return {};
}

LinkSettingsActor spawn_link_settings(caf::actor_system& system, actors::Deps deps,
                                      LinkSettingsTable table) {
  return system.spawn(registry, std::move(deps), std::move(table));
}

}  // namespace ff::application_server
