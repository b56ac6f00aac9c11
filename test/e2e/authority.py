"""Certificates of gateways, made by openssl."""
import os
import subprocess


class Authority:
    """A certificate authority for gateways; its own certificate is the only PEM file of its folder."""

    def __init__(self, folder, name):
        self.folder, self.private = os.path.join(folder, name), os.path.join(folder, name + '-private')
        os.mkdir(self.folder)
        os.mkdir(self.private)
        self.ca = os.path.join(self.folder, 'ca.pem')
        self.openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=' + name, '-days', '2',
                     '-keyout', self.file('ca.key'), '-out', self.ca)

    def file(self, name):
        return os.path.join(self.private, name)

    @staticmethod
    def openssl(*arguments):
        subprocess.run(['openssl', *arguments], check=True, capture_output=True)

    def issue(self, common_name):
        """Files of a certificate and its key."""
        key, request, certificate = (self.file(common_name + suffix) for suffix in ('.key', '.csr', '.crt'))
        self.openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=' + common_name, '-keyout', key, '-out', request)
        self.openssl('x509', '-req', '-in', request, '-CA', self.ca, '-CAkey', self.file('ca.key'), '-CAcreateserial', '-days', '2', '-out', certificate)
        return certificate, key
