// Organizations and collaborators over HTTP JSON: rights given, refused, taken, through
// organizations, at once.
#include "test/app/api/services/identity_fixture.hpp"

namespace ff::api::test {
namespace {

class CollaboratorsTest : public IdentityTest {
 protected:
  CollaboratorsTest() {
    ada = create_user("ada");
    bob = create_user("bob");
    EXPECT_EQ(call_as(ada, "POST", "/users/ada/applications",
                      R"({"application":{"ids":{"application_id":"app-1"},"name":"N"}})")
                  .status,
              200);
  }
  int get(const std::string& caller, const std::string& mask = "name") {
    return call_as(caller, "GET", "/applications/app-1?field_mask=" + mask).status;
  }
  Answer set(const std::string& caller, const std::string& body,
             const std::string& entity = "/applications/app-1") {
    return call_as(caller, "PUT", entity + "/collaborators", body);
  }

  std::string ada;
  std::string bob;
};

TEST_F(CollaboratorsTest, RightsAreGivenAndTakenAtOnce) {
  EXPECT_EQ(get(bob), 403);
  EXPECT_EQ(set(bob, user_member("bob", R"("RIGHT_APPLICATION_INFO")")).error(),
            "pkg/auth/rights:no_application_rights");
  ASSERT_EQ(set(ada, user_member("bob", R"("RIGHT_APPLICATION_INFO")")).status, 200);
  EXPECT_EQ(get(bob), 200);
  EXPECT_EQ(call_as(bob, "GET", "/applications").at("/applications/0/ids/application_id"), "app-1");
  EXPECT_EQ(call_as(bob, "DELETE", "/applications/app-1").error(),
            "pkg/auth/rights:insufficient_application_rights");
  EXPECT_EQ(set(ada, user_member("bob", R"("RIGHT_INVALID")")).status, 400);
  EXPECT_EQ(get(bob), 200) << "what is no right takes none away";
  const auto mine = call_as(ada, "GET", "/applications/app-1/collaborator/user/bob");
  EXPECT_EQ(mine.at("/rights/0"), "RIGHT_APPLICATION_INFO");
  ASSERT_EQ(call_as(ada, "DELETE", "/applications/app-1/collaborator/user/bob").status, 200);
  EXPECT_EQ(get(bob), 403);
  EXPECT_EQ(call_as(bob, "GET", "/applications").at("/applications"), "");
  EXPECT_EQ(call_as(ada, "GET", "/applications/app-1/collaborator/user/bob").error(),
            "pkg/identityserver/store:membership_not_found");
  EXPECT_EQ(set(ada, user_member("nobody-here", R"("RIGHT_APPLICATION_INFO")")).error(),
            "pkg/identityserver/store:user_not_found");
}

TEST_F(CollaboratorsTest, ADeletedEntityGivesNoRightsUntilItIsBack) {
  ASSERT_EQ(call_as(ada, "DELETE", "/applications/app-1").status, 200);
  EXPECT_EQ(call_as(ada, "GET", "/applications/app-1/api-keys").error(),
            "pkg/auth/rights:no_application_rights");
  EXPECT_EQ(set(ada, user_member("bob", R"("RIGHT_APPLICATION_INFO")")).status, 403);
  ASSERT_EQ(call_as(ada, "POST", "/applications/app-1/restore").status, 200);
  EXPECT_EQ(call_as(ada, "GET", "/applications/app-1/api-keys").status, 200);
}

TEST_F(CollaboratorsTest, NobodyGivesOrTakesWhatHeHasNot) {
  ASSERT_EQ(set(ada, user_member("bob", R"("RIGHT_APPLICATION_SETTINGS_COLLABORATORS")")).status,
            200);
  const auto gives = set(bob, user_member("bob", R"("RIGHT_APPLICATION_ALL")"));
  EXPECT_EQ(gives.error(), "pkg/auth/rights:insufficient_application_rights");
  const auto takes = set(bob, user_member("ada", R"("RIGHT_APPLICATION_INFO")"));
  EXPECT_EQ(takes.error(), "pkg/auth/rights:insufficient_application_rights");
  ASSERT_EQ(set(ada, user_member("admin", R"("RIGHT_APPLICATION_DELETE")")).status, 200);
  EXPECT_EQ(set(bob, user_member("admin", "")).status, 200)
      << "whoever may change collaborators may send one away";
}

TEST_F(CollaboratorsTest, OneOwnerRemains) {
  ASSERT_EQ(set(ada, user_member("bob", R"("RIGHT_APPLICATION_INFO")")).status, 200);
  const auto leaves = set(ada, user_member("ada", R"("RIGHT_APPLICATION_INFO")"));
  EXPECT_EQ(leaves.error(), "pkg/identityserver:application_needs_collaborator");
  EXPECT_EQ(leaves.status, 400);
  EXPECT_EQ(call_as(ada, "DELETE", "/applications/app-1/collaborator/user/ada").error(),
            "pkg/identityserver:application_needs_collaborator");
  ASSERT_EQ(set(ada, user_member("bob", R"("RIGHT_APPLICATION_ALL")")).status, 200);
  EXPECT_EQ(call_as(ada, "DELETE", "/applications/app-1/collaborator/user/ada").error(),
            "pkg/identityserver:collaborator_is_contact");
  const auto contacts =
      R"({"application":{"administrative_contact":{"user_ids":{"user_id":"bob"}},)"
      R"("technical_contact":{"user_ids":{"user_id":"bob"}}},)"
      R"("field_mask":"administrative_contact,technical_contact"})";
  ASSERT_EQ(call_as(ada, "PUT", "/applications/app-1", contacts).status, 200);
  EXPECT_EQ(call_as(ada, "DELETE", "/applications/app-1/collaborator/user/ada").status, 200);
  EXPECT_EQ(get(ada), 403);
}

TEST_F(CollaboratorsTest, ContactsAreCollaborators) {
  const auto contact = [](const std::string& id) {
    return R"({"application":{"technical_contact":{"user_ids":{"user_id":")" + id +
           R"("}}},"field_mask":"technical_contact"})";
  };
  EXPECT_EQ(call_as(ada, "GET", "/applications/app-1?field_mask=technical_contact")
                .at("/technical_contact/user_ids/user_id"),
            "ada");
  EXPECT_EQ(call_as(ada, "PUT", "/applications/app-1", contact("bob")).error(),
            "pkg/identityserver:contact_no_collaborator");
  ASSERT_EQ(set(ada, user_member("bob", R"("RIGHT_APPLICATION_INFO")")).status, 200);
  EXPECT_EQ(call_as(ada, "PUT", "/applications/app-1", contact("bob")).status, 200);
  settings->set_others_as_contacts = false;
  EXPECT_EQ(call_as(ada, "PUT", "/applications/app-1", contact("bob")).error(),
            "pkg/identityserver/store:contact_info_restricted");
}

TEST_F(CollaboratorsTest, CollaboratorsAreListedWithTheirRightsForThoseWhoMayChangeThem) {
  ASSERT_EQ(set(ada, user_member("bob", R"("RIGHT_APPLICATION_INFO")")).status, 200);
  const auto seen = call_as(ada, "GET", "/applications/app-1/collaborators?order=-id");
  EXPECT_EQ(seen.at("/collaborators/0/ids/user_ids/user_id"), "bob");
  EXPECT_EQ(seen.at("/collaborators/0/rights/0"), "RIGHT_APPLICATION_INFO");
  EXPECT_EQ(last->header("x-total-count"), "2");
  const auto stranger = call_as(create_user("eve"), "GET", "/applications/app-1/collaborators");
  EXPECT_EQ(stranger.at("/collaborators/0/ids/user_ids/user_id"), "ada");
  EXPECT_EQ(stranger.at("/collaborators/0/rights"), "");
}

TEST_F(CollaboratorsTest, AnOrganizationPassesOnWhatItsMembersMay) {
  ASSERT_EQ(create_organization("org-1", "ada").status, 200);
  ASSERT_EQ(set(ada, user_member("bob", R"("RIGHT_ORGANIZATION_INFO","RIGHT_APPLICATION_INFO")"),
                "/organizations/org-1")
                .status,
            200);
  EXPECT_EQ(get(bob), 403);
  const auto given = R"("RIGHT_APPLICATION_INFO","RIGHT_APPLICATION_DELETE")";
  ASSERT_EQ(set(ada, organization_member("org-1", given)).status, 200);
  EXPECT_EQ(get(bob), 200);
  EXPECT_EQ(call_as(bob, "GET", "/applications/app-1/rights").at("/rights/1"), "")
      << "of what the organization has only what the member has there";
  EXPECT_EQ(call_as(bob, "GET", "/applications").at("/applications/0/ids/application_id"), "app-1");
  EXPECT_EQ(call_as(bob, "GET", "/users/bob/applications").at("/applications"), "")
      << "not his own";
  ASSERT_EQ(call_as(ada, "DELETE", "/organizations/org-1").status, 200);
  EXPECT_EQ(get(bob), 403);
  ASSERT_EQ(call_as(ada, "POST", "/organizations/org-1/restore").status, 200);
  EXPECT_EQ(get(bob), 200);
  ASSERT_EQ(call_as(ada, "DELETE", "/organizations/org-1/collaborators/user/bob").status, 200);
  EXPECT_EQ(get(bob), 403);
}

TEST_F(CollaboratorsTest, OrganizationsOwnEntitiesAndActWithTheirKeys) {
  ASSERT_EQ(create_organization("org-1", "ada").status, 200);
  const auto create = R"({"gateway":{"ids":{"gateway_id":"gtw-1"}}})";
  EXPECT_EQ(call_as(bob, "POST", "/organizations/org-1/gateways", create).error(),
            "pkg/auth/rights:no_organization_rights");
  ASSERT_EQ(call_as(ada, "POST", "/organizations/org-1/gateways", create).status, 200);
  const auto key = call_as(ada, "POST", "/organizations/org-1/api-keys",
                           R"({"rights":["RIGHT_ORGANIZATION_ALL","RIGHT_GATEWAY_ALL"]})");
  ASSERT_EQ(key.status, 200) << boost::json::serialize(key.body);
  const auto list = call_as(key.at("/key"), "GET", "/gateways?field_mask=name");
  EXPECT_EQ(list.at("/gateways/0/ids/gateway_id"), "gtw-1");
  EXPECT_EQ(call_as(ada, "GET", "/organizations/org-1/gateways").at("/gateways/0/ids/gateway_id"),
            "gtw-1");
  EXPECT_EQ(call_as(key.at("/key"), "GET", "/auth_info")
                .at("/api_key/entity_ids/organization_ids/organization_id"),
            "org-1");
  ASSERT_EQ(call("DELETE", "/organizations/org-1/purge").status, 200);
  EXPECT_EQ(call_as(key.at("/key"), "GET", "/gateways").status, 401);
  EXPECT_EQ(create_organization("org-1", "bob").status, 200) << "the id is free";
  EXPECT_EQ(call_as(bob, "GET", "/organizations/org-1/gateways").at("/gateways"), "");
}

TEST_F(CollaboratorsTest, OrganizationsAndUsersShareTheirIds) {
  EXPECT_EQ(create_organization("bob", "ada").error(), "pkg/util/store:id_taken");
  EXPECT_EQ(create_organization("ada", "ada").error(), "pkg/util/store:id_taken");
  ASSERT_EQ(create_organization("org-1", "ada").status, 200);
  EXPECT_EQ(call("POST", "/users",
                 R"({"user":{"ids":{"user_id":"org-1"},"password":"Secret99x",)"
                 R"("primary_email_address":"o@example.org"}})")
                .error(),
            "pkg/util/store:id_taken");
  ASSERT_EQ(create_organization("org-2", "ada").status, 200);
  EXPECT_EQ(
      set(ada, organization_member("org-2", R"("RIGHT_ORGANIZATION_INFO")"), "/organizations/org-1")
          .error(),
      "pkg/identityserver:nested_organizations");
}

TEST_F(CollaboratorsTest, AdminsAloneCreateWhatTheOperatorSays) {
  settings->user_rights.create_gateways = false;
  const auto create = R"({"gateway":{"ids":{"gateway_id":"gtw-1"}}})";
  EXPECT_EQ(call_as(ada, "POST", "/users/ada/gateways", create).error(),
            "pkg/identityserver:admins_create_gateways");
  EXPECT_EQ(call("POST", "/users/ada/gateways", create).status, 200) << "for another user";
  EXPECT_EQ(call_as(ada, "GET", "/gateways/gtw-1").status, 200);
  EXPECT_EQ(call_as(ada, "POST", "/users/bob/applications",
                    R"({"application":{"ids":{"application_id":"app-9"}}})")
                .error(),
            "pkg/auth/rights:no_user_rights");
}

TEST_F(CollaboratorsTest, StrangersSeeWhatIsPublic) {
  const auto create =
      R"({"gateway":{"ids":{"gateway_id":"gtw-1"},"name":"G","gateway_server_address":"gs:1",)"
      R"("antennas":[{"gain":2,"location":{"latitude":1}}],"lbs_lns_secret":{"value":"AQ=="}}})";
  ASSERT_EQ(call_as(ada, "POST", "/users/ada/gateways", create).status, 200);
  const std::string path = "/gateways/gtw-1?field_mask=name,antennas,gateway_server_address";
  const auto seen = call_as(bob, "GET", path);
  EXPECT_EQ(seen.at("/name"), "G");
  EXPECT_EQ(seen.at("/gateway_server_address"), "");
  EXPECT_EQ(seen.at("/antennas/0/gain"), "2");
  EXPECT_EQ(seen.at("/antennas/0/location"), "");
  EXPECT_EQ(call_as(bob, "GET", "/gateways/gtw-1?field_mask=name,attributes").error(),
            "pkg/auth/rights:no_gateway_rights");
  ASSERT_EQ(set(ada, user_member("bob", R"("RIGHT_GATEWAY_INFO")"), "/gateways/gtw-1").status, 200);
  for (const std::string field :
       {"lbs_lns_secret", "lbs_lns_secret.value", "lbs_lns_secret.key_id"}) {
    EXPECT_EQ(call_as(bob, "GET", "/gateways/gtw-1?field_mask=" + field).error(),
              "pkg/auth/rights:insufficient_gateway_rights")
        << field;
  }
  EXPECT_EQ(
      call_as(bob, "GET", "/gateways?field_mask=lbs_lns_secret").at("/gateways/0/lbs_lns_secret"),
      "");
  EXPECT_EQ(call_as(ada, "GET", "/gateways?field_mask=lbs_lns_secret")
                .at("/gateways/0/lbs_lns_secret/value"),
            "AQ==");
}

}  // namespace
}  // namespace ff::api::test
