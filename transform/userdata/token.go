package userdata

func (d *document) withoutToken() []Problem { return nil }
