// The API with the real identity server behind it, on a store in memory.
#pragma once

#include <future>
#include <thread>

#include "actors/identity_server/api_keys/api_key.hpp"
#include "actors/identity_server/api_keys/session.hpp"
#include "storage/engine/memory_engine.hpp"
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {

inline const storage::EntityKey admin{storage::EntityKind::user, {"admin"}};

class IdentityTest : public ApiFixture {
 protected:
  IdentityTest() {
    actor_deps_.clock = actors::make_system_clock();
    actor_deps_.metrics = &metrics_;
    actor_deps_.make_random = [] { return make_seeded_random(1); };
    actor_deps_.ticker.set(actors::spawn_ticker(*system, actor_deps_.clock));
    actor_deps_.committer.set(actors::spawn_committer(
        *system,
        {.engine = &engine_, .metrics = &metrics_, .on_store_failed = {}, .own_thread = true}));
    actor_deps_.loader.set(actors::spawn_loader(*system, {.store = &engine_, .own_thread = true}));
    server_ = identity_server::spawn_identity_server(
        *system, {.deps = actor_deps_, .store = &engine_, .changed = {}, .settings = settings},
        routes_, [](const std::string&) {});
    while (!routes_.registry.get() || !routes_.access.get()) std::this_thread::yield();

    auto ports = std::make_shared<IdentityPorts>();
    ports->settings = settings;
    ports->publish = hub.publisher();
    ports->now = [clock = actor_deps_.clock] { return clock->now().utc; };
    ports->make_random = [] { return make_secure_random(); };
    ports->mono_now = [clock = actor_deps_.clock] { return clock->now().mono; };
    ports->logins = std::make_shared<LoginThrottle>(ThrottleRules{});
    ports->send_mail = [this](Mail mail) {
      const std::scoped_lock lock(mail_mutex_);
      mails_.push_back(std::move(mail));
    };
    const Identity identity(Asker({}, std::chrono::seconds(5)), routes_, ports);
    authenticator->chosen = make_authenticator(identity);
    deps.identity = identity;
    deps.rights = make_rights_of(identity);
    deps.make_random = [] { return make_secure_random(); };
    auto random = make_secure_random();
    const auto issued =
        identity_server::issue_api_key(admin, "first", {identity_server::Right::all}, *random);
    create(identity, identity_server::create_admin_user("admin", nullptr));
    create(identity, identity_server::create_api_key(issued.key, nullptr));
    token = issued.text;
    admin_token = token;
  }
  ~IdentityTest() override {
    caf::anon_send_exit(server_, caf::exit_reason::user_shutdown);
    server_ = nullptr;
    exit(actor_deps_.committer);
    exit(actor_deps_.ticker);
    exit(actor_deps_.loader);
    routes_ = {};
    tear_down();
  }

  template <class Handle>
  static void exit(const actors::Route<Handle>& route) {
    caf::anon_send_exit(route.get(), caf::exit_reason::user_shutdown);
    route.clear();
  }

  static void create(const Identity& identity, identity_server::CreateEntity message) {
    std::promise<bool> done;
    identity.create(std::move(message), [&](const Result<identity_server::EntityPtr>& entity) {
      done.set_value(entity.has_value());
    });
    ASSERT_TRUE(done.get_future().get());
  }

  /// A user who registered, and an API key with which that user may do everything.
  std::string create_user(const std::string& id) {
    const auto created = call("POST", "/users",
                              R"({"user":{"ids":{"user_id":")" + id +
                                  R"("},"password":"Secret99x","primary_email_address":")" + id +
                                  R"(@example.org","state":"STATE_APPROVED"}})");
    EXPECT_EQ(created.status, 200) << boost::json::serialize(created.body);
    auto random = make_secure_random();
    const auto issued = identity_server::issue_api_key({storage::EntityKind::user, {id}}, "all",
                                                       {identity_server::Right::all}, *random);
    create(*deps.identity, identity_server::create_api_key(issued.key, nullptr));
    return issued.text;
  }
  /// A session of the user, as a browser has it.
  std::string create_session(const std::string& id) {
    auto random = make_secure_random();
    const auto issued = identity_server::issue_session(id, *random);
    create(*deps.identity, identity_server::create_session(issued.session, nullptr));
    return issued.text;
  }
  Answer create_organization(const std::string& id, const std::string& owner) {
    return call("POST", "/users/" + owner + "/organizations",
                R"({"organization":{"ids":{"organization_id":")" + id + R"("}}})");
  }
  /// The same with another caller.
  Answer call_as(const std::string& caller, const std::string& method, const std::string& path,
                 const std::string& body = "") {
    const auto kept = std::exchange(token, caller);
    auto answer = call(method, path, body);
    token = kept;
    return answer;
  }
  static std::string user_member(const std::string& user, const std::string& rights) {
    return R"({"collaborator":{"ids":{"user_ids":{"user_id":")" + user + R"("}},"rights":[)" +
           rights + "]}}";
  }
  static std::string organization_member(const std::string& organization,
                                         const std::string& rights) {
    return R"({"collaborator":{"ids":{"organization_ids":{"organization_id":")" + organization +
           R"("}},"rights":[)" + rights + "]}}";
  }
  std::vector<Mail> mails() {
    const std::scoped_lock lock(mail_mutex_);
    return mails_;
  }
  /// What follows `label` in the newest mail that has it.
  std::string mailed(const std::string& label) {
    const auto all = mails();
    for (auto mail = all.rbegin(); mail != all.rend(); ++mail) {
      const auto at = mail->text.find(label);
      if (at == std::string::npos) continue;
      const auto first = at + label.size();
      return mail->text.substr(first, mail->text.find('\n', first) - first);
    }
    return {};
  }

  Answer create_application(const std::string& id) {
    return call("POST", "/users/admin/applications",
                R"({"application":{"ids":{"application_id":")" + id + R"("},"name":"Name of )" +
                    id + R"("}})");
  }
  Answer create_gateway(const std::string& id, const std::string& eui) {
    return call("POST", "/users/admin/gateways",
                R"({"gateway":{"ids":{"gateway_id":")" + id + R"(","eui":")" + eui +
                    R"("},"frequency_plan_id":"EU_863_870_TTN"}})");
  }
  Answer create_device(const std::string& id, const std::string& dev_eui) {
    return call("POST", "/applications/app-1/devices",
                R"({"end_device":{"ids":{"device_id":")" + id + R"(","dev_eui":")" + dev_eui +
                    R"(","join_eui":"0000000000000001"},"name":"N"}})");
  }

  std::shared_ptr<identity_server::Settings> settings =
      std::make_shared<identity_server::Settings>();
  std::string admin_token;

  const actors::Deps& actor_deps() const { return actor_deps_; }
  const storage::Engine& engine() const { return engine_; }
  storage::Engine& engine() { return engine_; }

 private:
  std::mutex mail_mutex_;
  std::vector<Mail> mails_;
  storage::MemoryEngine engine_;
  actors::Metrics metrics_;
  actors::Deps actor_deps_;
  identity_server::Routes routes_;
  caf::actor server_;
};

}  // namespace ff::api::test
