#include "app/api/services/audit_log.hpp"

#include <algorithm>

#include "app/api/services/mapping/audit.hpp"
#include "farfield/v1/audit.grpc.pb.h"

namespace ff::api {
namespace {

namespace v1 = farfield::v1;

constexpr std::string_view role = "AUDIT_LOG";
constexpr int expected_max = 1000;
/// Records of an export that wait for the client: more than one page's room.
constexpr std::size_t export_page = 256;

constexpr ErrorDef no_admin{"pkg/auth/rights", "no_admin", Code::permission_denied, "no admin"};
constexpr ErrorDef invalid_field{"pkg/audit", "search_field", Code::invalid_argument,
                                 "invalid value of field `{field}`"};

/// Who has it on an entity has all rights there are.
struct EntityRight {
  std::string_view prefix;
  storage::EntityKind kind;
  Right right;
};
constexpr std::array entity_rights = std::to_array<EntityRight>({
    {"application:", storage::EntityKind::application, Right::RIGHT_APPLICATION_ALL},
    {"client:", storage::EntityKind::client, Right::RIGHT_CLIENT_ALL},
    {"device:", storage::EntityKind::application, Right::RIGHT_APPLICATION_ALL},
    {"gateway:", storage::EntityKind::gateway, Right::RIGHT_GATEWAY_ALL},
    {"organization:", storage::EntityKind::organization, Right::RIGHT_ORGANIZATION_ALL},
    {"user:", storage::EntityKind::user, Right::RIGHT_USER_ALL},
});

/// Nothing for what belongs to nobody.
std::optional<std::pair<storage::EntityKey, Right>> owner_of(std::string_view entity) {
  for (const auto& [prefix, kind, right] : entity_rights) {
    if (!entity.starts_with(prefix)) continue;
    auto id = entity.substr(prefix.size());
    if (prefix == "device:") id = id.substr(0, id.find('.'));
    return std::pair(storage::EntityKey{kind, {std::string(id)}}, right);
  }
  return std::nullopt;
}

/// What of the log a caller may see.
struct Scope {
  std::optional<storage::EntityKey> owner = {};  ///< Of the entities; nothing: all.
  std::optional<UtcTime> since = {};
};

/// A call may be about entities of several owners: what is of others is left out, with all that can
/// not be taken apart.
audit::StoredRecord seen_in(const Scope& scope, audit::StoredRecord stored) {
  if (!scope.owner) return stored;
  const auto is_of_others = [&](std::string_view entity) {
    const auto owner = owner_of(entity);
    return owner && owner->first.kind != storage::EntityKind::user && owner->first != scope.owner;
  };
  auto& [record, link] = stored;
  const auto others = std::erase_if(record.entities, is_of_others) +
                      std::erase_if(record.changes, [&](const audit::Change& change) {
                        return is_of_others(change.entity);
                      });
  if (others == 0) return stored;
  record.request.clear();
  link.content.clear();
  return stored;
}

class AuditLog final : public v1::AuditLog::CallbackService {
 public:
  AuditLog(const ServiceContext& context, Identity identity, audit::Routes log)
      : context_(context), identity_(std::move(identity)), log_(std::move(log)) {}

  grpc::ServerUnaryReactor* Search(grpc::CallbackServerContext* context,
                                   const v1::SearchAuditRecordsRequest* request,
                                   v1::SearchAuditRecordsResponse* response) override {
    return context_.front.unary(
        {"farfield.v1.AuditLog/Search"}, context, request, response,
        [this](auto call, const auto& search, const auto& reply) { run(call, search, reply); });
  }
  grpc::ServerWriteReactor<v1::AuditRecord>* Export(
      grpc::CallbackServerContext* context, const v1::SearchAuditRecordsRequest* request) override {
    return context_.front.stream<v1::AuditRecord>(
        {"farfield.v1.AuditLog/Export"}, context, request,
        [this](auto call, const auto& search, const auto& stream) { run(call, search, stream); });
  }
  grpc::ServerUnaryReactor* Verify(grpc::CallbackServerContext* context,
                                   const v1::VerifyAuditLogRequest* request,
                                   v1::VerifyAuditLogResponse* response) override {
    return context_.front.unary(
        {"farfield.v1.AuditLog/Verify"}, context, request, response,
        [this](auto call, const auto& verify, const auto& reply) { run(call, verify, reply); });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;
  using StreamPtr = std::shared_ptr<Stream<v1::AuditRecord>>;
  using PageReply = actors::Reply<audit::Page>;

  /// Others than administrators see what has happened to their own entities since these are there:
  /// the id may have been somebody else's before.
  void allowed(const CallPtr& call, const std::string& entity,
               const std::function<void(Result<Scope>)>& then) const {
    if (call->auth.is_admin) return then(Scope());
    const auto owner = owner_of(entity);
    if (!owner) return then(fail(no_admin));
    auto look_up = [=, this, key = owner->first](const Status& status) {
      if (!status) return then(fail(status.error()));
      identity_.get(key, [=](const Result<identity_server::EntityPtr>& found) {
        if (!found) return then(fail(found.error()));
        then(Scope{key, (*found)->created_at});
      });
    };
    context_.require(call, owner->first, {owner->second}, look_up);
  }

  void run(const CallPtr& call, const v1::SearchAuditRecordsRequest& request,
           const Reply<v1::SearchAuditRecordsResponse>& reply) const {
    auto find = find_records_of(request);
    if (!find) return reply(fail(invalid_field, {{"field", "action"}}));
    allowed(call, request.entity(), [=, this, find = *std::move(find)](const Result<Scope>& scope) {
      if (!scope) return reply(fail(scope.error()));
      ask(find, *scope, [reply](const Result<audit::Page>& page) {
        if (!page) return reply(fail(page.error()));
        v1::SearchAuditRecordsResponse out;
        for (const auto& one : page->records) put(one, *out.add_records());
        out.set_next(page->next);
        reply(std::move(out));
      });
    });
  }

  void run(const CallPtr& call, const v1::SearchAuditRecordsRequest& request,
           const StreamPtr& stream) const {
    auto find = find_records_of(request);
    if (!find) return stream->finish(fail(invalid_field, {{"field", "action"}}));
    find->newest_first = false;
    find->limit = export_page;
    allowed(call, request.entity(), [=, this, find = *std::move(find)](const Result<Scope>& scope) {
      if (!scope) return stream->finish(fail(scope.error()));
      write_pages(find, *scope, stream);
    });
  }

  /// The next page is asked for when the client has the last record of this one.
  void write_pages(const audit::FindRecords& find, const Scope& scope,
                   const StreamPtr& stream) const {
    ask(find, scope, [=, this](const Result<audit::Page>& page) {
      if (!page) return stream->finish(fail(page.error()));
      auto go_on = [=, this, next = page->next] {
        if (next == 0) return stream->finish({});
        auto rest = find;
        rest.start = next;
        write_pages(rest, scope, stream);
      };
      if (page->records.empty()) return go_on();
      for (std::size_t i = 0; i < page->records.size(); ++i) {
        v1::AuditRecord record;
        put(page->records[i], record);
        const bool is_last = i + 1 == page->records.size();
        if (!stream->write(std::move(record), is_last ? go_on : std::function<void()>())) return;
      }
    });
  }

  void run(const CallPtr& call, const v1::VerifyAuditLogRequest& request,
           const Reply<v1::VerifyAuditLogResponse>& reply) const {
    auto verify = verify_chain_of(request);
    if (!verify || request.expected_size() > expected_max)
      return reply(fail(invalid_field, {{"field", "expected"}}));
    allowed(call, "", [=, this, verify = *std::move(verify)](const Result<Scope>& scope) {
      if (!scope) return reply(fail(scope.error()));
      auto make = [&](actors::Reply<audit::Verdict> then) {
        return audit::VerifyChain{verify.start, verify.expected, std::move(then)};
      };
      context_.asker.ask<audit::Verdict>(log_.reader.get(), role, make,
                                         [reply](const Result<audit::Verdict>& verdict) {
                                           if (!verdict) return reply(fail(verdict.error()));
                                           reply(to_proto(*verdict));
                                         });
    });
  }

  void ask(const audit::FindRecords& find, const Scope& scope, PageReply then) const {
    auto make = [&](PageReply reply) {
      auto message = find;
      auto& from = message.filter.from;
      if (scope.since) from = std::max(from.value_or(*scope.since), *scope.since);
      message.reply = std::move(reply);
      return message;
    };
    auto narrow = [scope, then = std::move(then)](Result<audit::Page> page) {
      if (page) {
        for (auto& stored : page->records) stored = seen_in(scope, std::move(stored));
      }
      then(std::move(page));
    };
    context_.asker.ask<audit::Page>(log_.reader.get(), role, make, std::move(narrow));
  }

  const ServiceContext& context_;
  Identity identity_;
  audit::Routes log_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_audit_log(const ServiceContext& context, Identity identity,
                                              audit::Routes log) {
  return std::make_unique<AuditLog>(context, std::move(identity), std::move(log));
}

}  // namespace ff::api
