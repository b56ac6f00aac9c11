// ApplicationPackageRegistry: which packages handle the messages of applications and devices. [spec
// integrations §5.1]
#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/mapping/packages.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/applicationserver_packages.grpc.pb.h"

namespace ff::api {
namespace {

namespace packages = application_server::packages;
using google::protobuf::Empty;
using packages::Association;
using packages::AssociationKey;
using packages::AssociationPage;
using packages::AssociationPtr;

constexpr std::string_view role = "APPLICATION_SERVER";

/// The package's name belongs to every answer, as ids and times do.
Paths shown_paths(const google::protobuf::FieldMask& mask) {
  auto paths = answer_paths(mask);
  paths.emplace_back("package_name");
  return paths;
}
/// Of a change that names nothing, all that was set.
Paths changed_paths(const google::protobuf::FieldMask& mask) {
  auto paths = shown_paths(mask);
  if (mask.paths_size() == 0) paths.emplace_back("data");
  return paths;
}

class PackageRegistry final : public pb::ApplicationPackageRegistry::CallbackService {
 public:
  PackageRegistry(const ServiceContext& context, Packages registry)
      : context_(context), registry_(std::move(registry)) {}

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::EndDeviceIdentifiers* request,
                                 pb::ApplicationPackages* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationPackageRegistry/List"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) {
          const ApplicationId id(ids.application_ids().application_id());
          authorized(call, id, reply, [reply] { reply(to_application_packages()); });
        });
  }
  grpc::ServerUnaryReactor* GetAssociation(
      grpc::CallbackServerContext* context,
      const pb::GetApplicationPackageAssociationRequest* request,
      pb::ApplicationPackageAssociation* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationPackageRegistry/GetAssociation"},
                                context, request, response,
                                [this](auto call, const auto& get, const auto& reply) {
                                  this->get(call, get, to_device_association, reply);
                                });
  }
  grpc::ServerUnaryReactor* GetDefaultAssociation(
      grpc::CallbackServerContext* context,
      const pb::GetApplicationPackageDefaultAssociationRequest* request,
      pb::ApplicationPackageDefaultAssociation* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationPackageRegistry/GetDefaultAssociation"},
                                context, request, response,
                                [this](auto call, const auto& get, const auto& reply) {
                                  this->get(call, get, to_default_association, reply);
                                });
  }
  grpc::ServerUnaryReactor* ListAssociations(
      grpc::CallbackServerContext* context,
      const pb::ListApplicationPackageAssociationRequest* request,
      pb::ApplicationPackageAssociations* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationPackageRegistry/ListAssociations"}, context, request, response,
        [this, context](auto call, const auto& list, const auto& reply) {
          const auto& ids = list.ids();
          const AssociationKey all{ApplicationId(ids.application_ids().application_id()),
                                   DeviceId(ids.device_id())};
          this->list(call, *context, all, list, reply);
        });
  }
  grpc::ServerUnaryReactor* ListDefaultAssociations(
      grpc::CallbackServerContext* context,
      const pb::ListApplicationPackageDefaultAssociationRequest* request,
      pb::ApplicationPackageDefaultAssociations* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationPackageRegistry/ListDefaultAssociations"}, context, request,
        response, [this, context](auto call, const auto& list, const auto& reply) {
          const AssociationKey all{ApplicationId(list.ids().application_id()), {}};
          this->list(call, *context, all, list, reply);
        });
  }
  grpc::ServerUnaryReactor* SetAssociation(
      grpc::CallbackServerContext* context,
      const pb::SetApplicationPackageAssociationRequest* request,
      pb::ApplicationPackageAssociation* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationPackageRegistry/SetAssociation"}, context, request, response,
        [this](auto call, const auto& set, const auto& reply) {
          this->set(call, set.association(), set.field_mask(), to_device_association, reply);
        });
  }
  grpc::ServerUnaryReactor* SetDefaultAssociation(
      grpc::CallbackServerContext* context,
      const pb::SetApplicationPackageDefaultAssociationRequest* request,
      pb::ApplicationPackageDefaultAssociation* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationPackageRegistry/SetDefaultAssociation"}, context, request,
        response, [this](auto call, const auto& set, const auto& reply) {
          this->set(call, set.default_(), set.field_mask(), to_default_association, reply);
        });
  }
  grpc::ServerUnaryReactor* DeleteAssociation(
      grpc::CallbackServerContext* context,
      const pb::ApplicationPackageAssociationIdentifiers* request, Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationPackageRegistry/DeleteAssociation"},
                                context, request, response,
                                [this](auto call, const auto& ids, const auto& reply) {
                                  this->erase(call, association_key(ids), reply);
                                });
  }
  grpc::ServerUnaryReactor* DeleteDefaultAssociation(
      grpc::CallbackServerContext* context,
      const pb::ApplicationPackageDefaultAssociationIdentifiers* request,
      Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationPackageRegistry/DeleteDefaultAssociation"}, context, request,
        response, [this](auto call, const auto& ids, const auto& reply) {
          this->erase(call, association_key(ids), reply);
        });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  template <class Request, class ToProto, class Message>
  void get(const CallPtr& call, const Request& request, ToProto to_message,
           const Reply<Message>& reply) const {
    const auto key = association_key(request.ids());
    const auto paths = shown_paths(request.field_mask());
    authorized(call, key.application_id, reply, [=, this] {
      auto make = [&](actors::Reply<AssociationPtr> then) {
        return packages::GetAssociation{key, std::move(then)};
      };
      context_.asker.ask<AssociationPtr>(registry_.get(), role, make,
                                         answer(key, paths, to_message, reply));
    });
  }

  static void add(pb::ApplicationPackageAssociations& out, const AssociationKey& key,
                  const Association& association, const Paths& paths) {
    *out.add_associations() = masked(to_device_association(key, association), paths);
  }
  static void add(pb::ApplicationPackageDefaultAssociations& out, const AssociationKey& key,
                  const Association& association, const Paths& paths) {
    *out.add_defaults() = masked(to_default_association(key, association), paths);
  }

  template <class Request, class Response>
  void list(const CallPtr& call, grpc::CallbackServerContext& context, const AssociationKey& all,
            const Request& request, const Reply<Response>& reply) const {
    const std::uint64_t limit = request.limit();
    const std::uint64_t skip = request.page() > 1 ? (request.page() - 1) * limit : 0;
    authorized(call, all.application_id, reply,
               [=, this, &context, paths = shown_paths(request.field_mask())] {
                 auto make = [&](actors::Reply<AssociationPage> then) {
                   return packages::ListAssociations{all.application_id, all.device_id, skip, limit,
                                                     std::move(then)};
                 };
                 auto found = [=, &context](const Result<AssociationPage>& page) {
                   if (!page) return reply(fail(page.error()));
                   Response out;
                   for (const auto& [key, association] : page->associations)
                     add(out, key, *association, paths);
                   set_total(context, page->total);
                   reply(std::move(out));
                 };
                 context_.asker.ask<AssociationPage>(registry_.get(), role, make, found);
               });
  }

  template <class Message, class ToProto>
  void set(const CallPtr& call, const Message& message, const google::protobuf::FieldMask& mask,
           ToProto to_message, const Reply<Message>& reply) const {
    const auto key = association_key(message.ids());
    const auto shown = changed_paths(mask);
    authorized(call, key.application_id, reply,
               [=, this, requested = requested_association(message), paths = paths_of(mask)] {
                 auto change = [=](const Association* current) {
                   return changed_association(current, requested, paths);
                 };
                 auto make = [&](actors::Reply<AssociationPtr> then) {
                   return packages::SetAssociation{key, change, std::move(then)};
                 };
                 context_.asker.ask<AssociationPtr>(registry_.get(), role, make,
                                                    answer(key, shown, to_message, reply));
               });
  }

  void erase(const CallPtr& call, const AssociationKey& key, const Reply<Empty>& reply) const {
    authorized(call, key.application_id, reply, [=, this] {
      auto make = [&](actors::Reply<void> then) {
        return packages::DeleteAssociation{key, std::move(then)};
      };
      context_.asker.ask<void>(registry_.get(), role, make, [reply](const Status& status) {
        if (!status) return reply(fail(status.error()));
        reply(Empty());
      });
    });
  }

  template <class ToProto, class Message>
  static actors::Reply<AssociationPtr> answer(const AssociationKey& key, const Paths& paths,
                                              ToProto to_message, const Reply<Message>& reply) {
    return [=](const Result<AssociationPtr>& association) {
      if (!association) return reply(fail(association.error()));
      reply(masked(to_message(key, **association), paths));
    };
  }

  template <class Response>
  void authorized(const CallPtr& call, const ApplicationId& application_id,
                  const Reply<Response>& reply, std::function<void()> then) const {
    context_.authorized(call, application_key(application_id.text()), {}, reply, std::move(then));
  }

  const ServiceContext& context_;
  Packages registry_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_package_registry(const ServiceContext& context,
                                                     Packages registry) {
  return std::make_unique<PackageRegistry>(context, std::move(registry));
}

}  // namespace ff::api
