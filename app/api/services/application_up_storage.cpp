// ApplicationUpStorage: messages of the past, from the outbox. [spec integrations §5.3]
#include <algorithm>

#include "app/api/services/base/context.hpp"
#include "app/api/services/mapping/stored_up.hpp"
#include "app/api/services/up_storage.hpp"
#include "ttn/lorawan/v3/applicationserver_integrations_storage.grpc.pb.h"

namespace ff::api {
namespace {

using application_server::pass;
using application_server::QueryStored;
using application_server::StoredPage;

constexpr std::string_view role = "APPLICATION_SERVER";
constexpr std::size_t page_size = 256;
/// Up to so many messages are collected, so that the token can go before them; more are streamed
/// as they are read, without a token.
constexpr std::uint32_t collected_max = 2000;
/// Of the reference; a longer one is not given.
constexpr std::size_t token_size_max = 16'000;

/// Reads page after page until its owner has enough, or there is no more.
class Reading : public std::enable_shared_from_this<Reading> {
 public:
  Reading(Asker asker, Storage storage, StoredRequest asked)
      : request(std::move(asked)), asker_(std::move(asker)), storage_(std::move(storage)) {}
  virtual ~Reading() = default;
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  void next() {
    auto make = [&](actors::Reply<StoredPage> then) {
      return QueryStored{request.query, request.windows, page_size, std::move(then)};
    };
    auto read = [self = shared_from_this()](const Result<StoredPage>& page) {
      if (!page) return self->done(fail(page.error()));
      self->take(*page);
    };
    asker_.ask<StoredPage>(storage_.get(), role, make, std::move(read));
  }

  StoredRequest request;

 protected:
  /// Calls next() or done(), now or later.
  virtual void take(const StoredPage& page) = 0;
  virtual void done(const Status& status) = 0;

 private:
  Asker asker_;
  Storage storage_;
};

/// Writes what was asked for to a client, a window of messages at a time.
class Answering final : public Reading {
 public:
  using Ups = Stream<pb::ApplicationUp>;
  Answering(const ServiceContext& context, Storage storage, StoredRequest asked,
            std::shared_ptr<Ups> stream, grpc::CallbackServerContext* server)
      : Reading(context.asker, std::move(storage), std::move(asked)),
        stream_(std::move(stream)),
        server_(server),
        collects_(request.limit > 0 && request.limit <= collected_max) {}

 private:
  void take(const StoredPage& page) override {
    auto windows = page.begin;
    std::vector<pb::ApplicationUp> ups;
    for (const auto& up : page.messages) {
      pass(windows, request.query, up);
      if (auto one = shown(request, up.message->body)) ups.push_back(*std::move(one));
      if (is_full(ups.size())) break;
    }
    const bool full = is_full(ups.size());
    taken_ += ups.size();
    request.windows = full ? windows : page.rest;
    hand_on(std::move(ups), full || page.rest.empty());
  }

  bool is_full(std::size_t more) const noexcept {
    return request.limit > 0 && taken_ + more >= request.limit;
  }

  void hand_on(std::vector<pb::ApplicationUp> ups, bool is_last) {
    if (collects_) {
      std::ranges::move(ups, std::back_inserter(collected_));
      if (!is_last) return next();
      put_token();
      ups = std::move(collected_);
    }
    write(std::make_shared<std::vector<pb::ApplicationUp>>(std::move(ups)), 0, is_last);
  }

  void put_token() const {
    const auto is_empty = [](const auto& window) { return window.is_empty(); };
    if (std::ranges::all_of(*request.windows, is_empty)) return;
    const auto token = continuation_token(request);
    if (token.size() > token_size_max) return;
    stream_->before_begin([&] { server_->AddInitialMetadata("x-continuation-token", token); });
  }

  /// The next ones when the client has these.
  void write(const std::shared_ptr<std::vector<pb::ApplicationUp>>& ups, std::size_t from,
             bool is_last) {
    const auto end = std::min(ups->size(), from + page_size);
    if (from == end) return is_last ? done({}) : next();
    auto self = std::static_pointer_cast<Answering>(shared_from_this());
    for (auto i = from; i < end; ++i) {
      Ups::Left left;
      if (i + 1 == end) left = [self, ups, end, is_last] { self->write(ups, end, is_last); };
      if (!stream_->write(std::move((*ups)[i]), std::move(left))) return;
    }
  }

  void done(const Status& status) override { stream_->finish(status); }

  std::shared_ptr<Ups> stream_;
  grpc::CallbackServerContext* server_;  // while the stream has not ended
  const bool collects_;
  std::size_t taken_ = 0;
  std::vector<pb::ApplicationUp> collected_;
};

class Counting final : public Reading {
 public:
  using CountReply = Reply<pb::GetStoredApplicationUpCountResponse>;
  Counting(const ServiceContext& context, Storage storage, StoredRequest asked, CountReply reply)
      : Reading(context.asker, std::move(storage), std::move(asked)), reply_(std::move(reply)) {}

 private:
  void take(const StoredPage& page) override {
    for (const auto& up : page.messages) {
      if (request.f_port && !shown(request, up.message->body)) continue;
      ++(*count_.mutable_count())[up.message->device_id.text()];
    }
    if (page.rest.empty()) return done({});
    request.windows = page.rest;
    next();
  }
  void done(const Status& status) override {
    if (!status) return reply_(fail(status.error()));
    reply_(std::move(count_));
  }

  pb::GetStoredApplicationUpCountResponse count_;
  CountReply reply_;
};

class UpStorage final : public pb::ApplicationUpStorage::CallbackService {
 public:
  UpStorage(const ServiceContext& context, Storage storage)
      : context_(context), storage_(std::move(storage)) {}

  grpc::ServerWriteReactor<pb::ApplicationUp>* GetStoredApplicationUp(
      grpc::CallbackServerContext* context,
      const pb::GetStoredApplicationUpRequest* request) override {
    return context_.front.stream<pb::ApplicationUp>(
        {"ttn.lorawan.v3.ApplicationUpStorage/GetStoredApplicationUp"}, context, request,
        [this, context](auto call, const auto& get, const auto& stream) {
          auto asked = stored_request(get, context_.now());
          if (!asked) return stream->finish(fail(asked.error()));
          const auto application = application_key(asked->query.application_id.text());
          auto answering =
              std::make_shared<Answering>(context_, storage_, *std::move(asked), stream, context);
          context_.require(call, application, needed_rights(call->method, {}),
                           [stream, answering](const Status& allowed) {
                             if (!allowed) return stream->finish(allowed);
                             answering->next();
                           });
        });
  }

  grpc::ServerUnaryReactor* GetStoredApplicationUpCount(
      grpc::CallbackServerContext* context, const pb::GetStoredApplicationUpCountRequest* request,
      pb::GetStoredApplicationUpCountResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationUpStorage/GetStoredApplicationUpCount"}, context, request,
        response, [this](auto call, const auto& get, const auto& reply) {
          auto asked = stored_request(get, context_.now());
          const auto application = application_key(asked.query.application_id.text());
          auto counting = std::make_shared<Counting>(context_, storage_, std::move(asked), reply);
          context_.authorized(call, application, {}, reply, [counting] { counting->next(); });
        });
  }

 private:
  const ServiceContext& context_;
  Storage storage_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_up_storage(const ServiceContext& context, Storage storage) {
  return std::make_unique<UpStorage>(context, std::move(storage));
}

}  // namespace ff::api
