package main

// function returns the function for AWS Lambda. The tag leaves out what serves the
// runtime go1.x, which is gone.
// https://docs.aws.amazon.com/lambda/latest/dg/golang-package.html
func function() program { return program{"./cmd/imdslock-lambda", "lambda.norpc", "-s -w"} }

// writeLambda builds the function for the processors, and then writes a ZIP file
// for each, with the program as Lambda expects it: its only file, bootstrap.
func (r release) writeLambda(out string, processors ...string) error {
	files := map[string][]byte{}
	for _, arch := range processors {
		binary, err := r.build(function(), target{"linux", arch})
		if err != nil {
			return err
		}
		name := "imdslock-lambda-" + arch + ".zip"
		if files[name], err = zipped([]file{{"bootstrap", binary, 0o755}}, r.time); err != nil {
			return err
		}
	}
	return replace(out, files)
}
