#include "actors/application_server/mqtt_session/loading.hpp"

#include <spdlog/spdlog.h>

#include <caf/send.hpp>
#include <utility>

namespace ff::application_server::mqtt_session {
namespace {

void read_cursors(const SessionsContext& context, const SessionKey& key,
                  const SessionActor& session, SessionRecord record) {
  LoadCursors ask{key.application_id, consumer_of(key), {}};
  ask.reply = [session, record = std::move(record)](auto cursors) {
    auto loaded = cursors ? Result<Loaded>(Loaded{record, *std::move(cursors)})
                          : Result<Loaded>(fail(cursors.error()));
    caf::anon_send(session, SessionAnswer{RecordRead{std::move(loaded)}});
  };
  caf::anon_send(context.outbox.get(), std::move(ask));
}

void read_record(const SessionsContextPtr& context, const SessionKey& key,
                 const SessionActor& session) {
  actors::LoadRow request{storage::Family::entity, session_row_key(key), {}};
  request.on_loaded = [context, key, session](Result<std::optional<Bytes>> row) {
    auto tell = [&session](Result<Loaded> loaded) {
      caf::anon_send(session, SessionAnswer{RecordRead{std::move(loaded)}});
    };
    if (!row) return tell(fail(row.error()));
    if (!*row) return tell(Loaded{});
    auto record = decode_session(**row);
    if (!record) {
      // The client is told that there is no session, and subscribes anew.
      spdlog::error("msg=\"MQTT session is damaged\" application={} error=\"{}\"",
                    key.application_id.text(), record.error().to_string());
      return tell(Loaded{});
    }
    if (record->subscriptions.empty()) return tell(Loaded{*std::move(record), {}});
    read_cursors(*context, key, session, *std::move(record));
  };
  caf::anon_send(context->deps.loader.get(), std::move(request));
}

/// When everything that an earlier incarnation wrote is durable, the record is read.
class StartRelease final : public actors::Release {
 public:
  StartRelease(SessionsContextPtr context, SessionKey key, SessionActor session)
      : context_(std::move(context)), key_(std::move(key)), session_(std::move(session)) {}
  void committed() noexcept override { read_record(context_, key_, session_); }
  void failed(const Error& error) noexcept override {
    caf::anon_send(session_, SessionAnswer{CommitRefused{error}});
  }

 private:
  SessionsContextPtr context_;
  SessionKey key_;
  SessionActor session_;
};

void list(const SessionsContext& context, const SessionsHandle& directory,
          storage::KeyRange range) {
  ScanRows ask{storage::Family::entity, std::move(range), list_step, {}};
  ask.reply = [directory](Result<ScanRows::Rows> rows) {
    caf::anon_send(directory, SessionsFound{std::move(rows)});
  };
  caf::anon_send(context.outbox.get(), std::move(ask));
}

class ListRelease final : public actors::Release {
 public:
  ListRelease(SessionsContextPtr context, SessionsHandle directory)
      : context_(std::move(context)), directory_(std::move(directory)) {}
  void committed() noexcept override { list(*context_, directory_, session_rows()); }
  void failed(const Error& error) noexcept override {
    caf::anon_send(directory_, SessionsFound{fail(error)});
  }

 private:
  SessionsContextPtr context_;
  SessionsHandle directory_;
};

}  // namespace

void load_session(const SessionsContextPtr& context, const SessionKey& key,
                  const SessionActor& session) {
  auto release = std::make_shared<StartRelease>(context, key, session);
  caf::anon_send(context->deps.committer.get(), actors::Commit{{}, std::move(release)});
}

void list_sessions(const SessionsContextPtr& context, const SessionsHandle& directory) {
  auto release = std::make_shared<ListRelease>(context, directory);
  caf::anon_send(context->deps.committer.get(), actors::Commit{{}, std::move(release)});
}

void list_sessions(const SessionsContext& context, const SessionsHandle& directory,
                   const Bytes& last) {
  auto rest = session_rows();
  rest.first = last;
  rest.first.push_back(0);
  list(context, directory, std::move(rest));
}

}  // namespace ff::application_server::mqtt_session
