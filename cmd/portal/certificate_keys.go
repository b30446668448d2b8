package main

import (
	"errors"
	"fmt"

	"github.com/fairpassage/portal/internal/certificate"
	"github.com/fairpassage/portal/internal/seal"
)

type certificateKeysCmd struct{ dataFlag }

// Run prints the keys.
func (c *certificateKeysCmd) Run(p *program) error {
	return c.licenceKey(p, func(dir string, signer *certificate.Signer) error {
		former, err := certificate.ReadFormer(dir)
		if err == nil {
			fmt.Fprint(p.stdout, certificate.KeysOf(signer.Public()).And(former))
		}
		return err
	})
}

type certificateRenewCmd struct {
	dataFlag

	Distrust bool `help:"The old key got out: believe nothing that it signed. All certificates are to be printed anew."`
}

// Run makes a new key.
func (c *certificateRenewCmd) Run(p *program) error {
	return c.licenceKey(p, func(dir string, signer *certificate.Signer) error {
		former := certificate.KeepFormer
		if c.Distrust {
			former = certificate.DropFormer
		}
		if err := former(dir, signer.Public()); err != nil {
			return err
		}
		if err := seal.Renew(dir, seal.SecretLicence); err != nil {
			return err
		}
		fmt.Fprintln(p.stdout, "there is a new key. Restart the portal, and give /verify/keys to whoever checks without it")
		if c.Distrust {
			fmt.Fprintln(p.stdout, "what the old key signed reads \"unknown key\" from then on: have every agency print its certificate anew")
		}
		return nil
	})
}

// licenceKey opens the key folder's signing key of certificates.
func (f dataFlag) licenceKey(p *program, do func(dir string, signer *certificate.Signer) error) (err error) {
	at, err := f.find(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.close(p.ctx)) }()
	keys, err := openKeys(at)
	if err != nil {
		return err
	}
	signer, err := certificate.NewSigner(keys.Secret(seal.SecretLicence))
	if err != nil {
		return err
	}
	return do(at.conf.KeysDir, signer)
}
