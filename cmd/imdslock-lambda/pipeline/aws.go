package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/imdslock/imdslock/internal/message"
)

// The types of failures.
const (
	configuration = types.FailureTypeConfigurationError
	jobFailed     = types.FailureTypeJobFailed
)

// maxFailure is how many characters the message of a failure may have.
// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureDetails.html
const maxFailure = 5000

// AWS calls AWS's interfaces: CodePipeline with the credentials of the function's role, S3
// with those of a job. Clients are made when they are needed, so a function that needs
// none starts faster.
type AWS struct {
	Region      string
	Credentials aws.Credentials // of the role
	Endpoint    string          // replaces AWS's endpoints; "" leaves them
}

// FromEnvironment returns what Lambda tells a function about itself.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
func FromEnvironment(getenv func(string) string) AWS {
	return AWS{
		Region: getenv("AWS_REGION"),
		Credentials: aws.Credentials{
			AccessKeyID:     getenv("AWS_ACCESS_KEY_ID"),
			SecretAccessKey: getenv("AWS_SECRET_ACCESS_KEY"),
			SessionToken:    getenv("AWS_SESSION_TOKEN"),
		},
		Endpoint: getenv("AWS_ENDPOINT_URL"),
	}
}

func (a AWS) config(credentials aws.Credentials) aws.Config {
	c := aws.Config{
		Region: a.Region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return credentials, nil
		}),
	}
	if a.Endpoint != "" {
		c.BaseEndpoint = &a.Endpoint
	}
	return c
}

// fail tells CodePipeline that a job failed, and why.
func (a AWS) fail(ctx context.Context, job string, kind types.FailureType, why string) error {
	why = message.Truncate(why, maxFailure)
	_, err := codepipeline.NewFromConfig(a.config(a.Credentials)).PutJobFailureResult(ctx, &codepipeline.PutJobFailureResultInput{
		JobId:          &job,
		FailureDetails: &types.FailureDetails{Type: kind, Message: &why},
	})
	return told(err)
}

// succeed tells CodePipeline that a job is done. The variables can be used by
// later actions.
func (a AWS) succeed(ctx context.Context, job string, variables map[string]string) error {
	_, err := codepipeline.NewFromConfig(a.config(a.Credentials)).PutJobSuccessResult(ctx, &codepipeline.PutJobSuccessResultInput{
		JobId:           &job,
		OutputVariables: variables,
	})
	return told(err)
}

// told returns the error of telling a result. It is not an error that the job has a
// result already, since Lambda may call twice.
func told(err error) error {
	var done *types.InvalidJobStateException
	if err == nil || errors.As(err, &done) {
		return nil
	}
	return fmt.Errorf("telling CodePipeline the result: %w", err)
}

// A bucket is S3 with the credentials of a job.
type bucket struct{ client *s3.Client }

// bucket returns S3 with the credentials of a job, which reach its artifacts.
func (a AWS) bucket(c events.CodePipelineArtifactCredentials) bucket {
	return bucket{s3.NewFromConfig(a.config(aws.Credentials{
		AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken,
	}))}
}

// read returns an artifact.
func (b bucket) read(ctx context.Context, at events.CodePipelineS3Location) ([]byte, error) {
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &at.BucketName, Key: &at.ObjectKey})
	if err != nil {
		return nil, fmt.Errorf("reading the input artifact: %w", err)
	}
	defer out.Body.Close()
	content, err := io.ReadAll(io.LimitReader(out.Body, maxArtifact+1))
	if err != nil {
		return nil, fmt.Errorf("reading the input artifact: %w", err)
	}
	if len(content) > maxArtifact {
		return nil, fmt.Errorf("the input artifact has more than %d bytes", maxArtifact)
	}
	return content, nil
}

// write puts an artifact into S3, encrypted with a key of KMS: the one that is
// named, or else AWS's for S3. CodePipeline's bucket policies require that.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/S3-artifact-encryption.html
func (b bucket) write(ctx context.Context, at events.CodePipelineS3Location, content []byte, key string) error {
	in := &s3.PutObjectInput{
		Bucket:               &at.BucketName,
		Key:                  &at.ObjectKey,
		Body:                 bytes.NewReader(content),
		ContentType:          aws.String("application/zip"),
		ServerSideEncryption: s3types.ServerSideEncryptionAwsKms,
	}
	if key != "" {
		in.SSEKMSKeyId = &key
	}
	if _, err := b.client.PutObject(ctx, in); err != nil {
		return fmt.Errorf("writing the output artifact: %w", err)
	}
	return nil
}
