"""An inventory of Ansible from the API of wg-fleet."""

DOCUMENTATION = r"""
name: wg_fleet
short_description: Clients of wg-fleet as an inventory
description:
  - Asks the API of a wg-fleet server. Each client that has a name is a host, by its full name, in a group for its fleet. ansible_host is its address in the tunnel.
  - The variable wg_fleet of a host is what the API says of the client, such as wg_fleet.online, wg_fleet.tags and wg_fleet.facts.
  - The name of the inventory file ends with wg_fleet.yaml or wg_fleet.yml.
options:
  plugin:
    description: Always wg_fleet.
    required: true
    choices: [wg_fleet]
  server:
    description: The URL of the server.
    default: http://127.0.0.1:8000
    env: [{name: WG_FLEET_SERVER}]
  token_file:
    description: A file with an admin token, scope read. Without it the server must admit this machine by read_allow.
    type: path
    env: [{name: WG_FLEET_TOKEN_FILE}]
  ca_file:
    description: A file with the certificates of the authorities that may have signed the server's.
    type: path
  fleet:
    description: Only clients of this fleet.
  online:
    description: True for only clients that are online, false for only those that are not.
    type: bool
  page:
    description: How many clients are asked for at once, at most 1000.
    type: int
    default: 1000
extends_documentation_fragment: [constructed]
"""

EXAMPLES = r"""
# hall.wg_fleet.yaml; ansible-inventory -i hall.wg_fleet.yaml --list
plugin: wg_fleet
server: https://fleet.example.com
token_file: /etc/ansible/wg-fleet.token
online: true
keyed_groups:
  - {key: wg_fleet.tags.room, prefix: room}
"""

import json
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode

from ansible.errors import AnsibleParserError
from ansible.module_utils.urls import open_url
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable


class InventoryModule(BaseInventoryPlugin, Constructable):
    NAME = "wg_fleet"

    def verify_file(self, path):
        return super().verify_file(path) and path.endswith(("wg_fleet.yaml", "wg_fleet.yml"))

    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        for client in self._clients():
            if "fqdn" in client:
                self._add(client)

    def _add(self, client):
        group = self.inventory.add_group(client["fleet"])
        host = self.inventory.add_host(client["fqdn"], group=group)
        self.inventory.set_variable(host, "ansible_host", client["address"])
        self.inventory.set_variable(host, "wg_fleet", client)
        variables = self.inventory.get_host(host).get_vars()
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)

    def _clients(self):
        query = {"limit": self.get_option("page")}
        if self.get_option("fleet"):
            query["fleet"] = self.get_option("fleet")
        if self.get_option("online") is not None:
            query["online"] = "true" if self.get_option("online") else "false"
        while True:
            answer = self._ask("/api/v1/clients?" + urlencode(query))
            yield from answer["clients"]
            if "next" not in answer:
                return
            query["cursor"] = answer["next"]

    def _ask(self, path):
        server = self.get_option("server").rstrip("/")
        headers = {"Accept": "application/json"}
        try:
            if self.get_option("token_file"):
                with open(self.get_option("token_file"), encoding="ascii") as file:
                    headers["Authorization"] = "Bearer " + file.read().strip()
            # A redirect would send the token to another host.
            return json.load(open_url(server + path, headers=headers, ca_path=self.get_option("ca_file"), follow_redirects="none"))
        except HTTPError as error:
            raise AnsibleParserError("wg-fleet at %s refused: %s" % (server, self._detail(error))) from error
        except (OSError, URLError, ValueError) as error:
            raise AnsibleParserError("wg-fleet at %s cannot be asked: %s" % (server, error)) from error

    @staticmethod
    def _detail(error):
        try:
            return json.load(error)["detail"]
        except (ValueError, KeyError, TypeError):
            return error
