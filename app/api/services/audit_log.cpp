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

class AuditLog final : public v1::AuditLog::CallbackService {
 public:
  AuditLog(const ServiceContext& context, audit::Routes log)
      : context_(context), log_(std::move(log)) {}

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

  /// An administrator's key may be restricted: it has to have all rights of the administrator.
  void allowed(const CallPtr& call, const std::string& entity,
               const std::function<void(Status)>& then) const {
    if (const auto owner = owner_of(entity))
      return context_.require(call, owner->first, {owner->second}, then);
    const auto own = owner_of(call->auth.account_id);
    if (!call->auth.is_admin || !own) return then(fail(no_admin));
    context_.require(call, own->first, {own->second}, then);
  }

  void run(const CallPtr& call, const v1::SearchAuditRecordsRequest& request,
           const Reply<v1::SearchAuditRecordsResponse>& reply) const {
    auto find = find_records_of(request);
    if (!find) return reply(fail(invalid_field, {{"field", "action"}}));
    allowed(call, request.entity(), [=, this, find = *std::move(find)](const Status& status) {
      if (!status) return reply(fail(status.error()));
      ask(find, [reply](const Result<audit::Page>& page) {
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
    allowed(call, request.entity(), [=, this, find = *std::move(find)](const Status& status) {
      if (!status) return stream->finish(fail(status.error()));
      write_pages(find, stream);
    });
  }

  /// The next page is asked for when the client has the last record of this one.
  void write_pages(const audit::FindRecords& find, const StreamPtr& stream) const {
    ask(find, [=, this](const Result<audit::Page>& page) {
      if (!page) return stream->finish(fail(page.error()));
      auto go_on = [=, this, next = page->next] {
        if (next == 0) return stream->finish({});
        auto rest = find;
        rest.start = next;
        write_pages(rest, stream);
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
    allowed(call, "", [=, this, verify = *std::move(verify)](const Status& status) {
      if (!status) return reply(fail(status.error()));
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

  void ask(const audit::FindRecords& find, PageReply then) const {
    auto make = [&](PageReply reply) {
      auto message = find;
      message.reply = std::move(reply);
      return message;
    };
    context_.asker.ask<audit::Page>(log_.reader.get(), role, make, std::move(then));
  }

  const ServiceContext& context_;
  audit::Routes log_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_audit_log(const ServiceContext& context, audit::Routes log) {
  return std::make_unique<AuditLog>(context, std::move(log));
}

}  // namespace ff::api
