//go:build linux

package work

import "github.com/csock/go-csock/csock"

// csockBatch is the batch of a csock socket of either kind, and the index at which its next call
// begins.
type csockBatch struct {
	batch   *csock.Batch
	n, from int
}

// makeBatch makes a batch of messages, addressed to the peer.
func (m *csockMsg) makeBatch(n, size int) (err error) {
	if m.batch, err = csock.NewBatch(n, csock.BatchRoom{Payload: size}); err != nil {
		return err
	}
	m.n = n
	for i := range n {
		if err := m.batch.SetLen(i, size); err != nil {
			return err
		}
		if err := m.batch.SetAddr(i, m.peer); err != nil {
			return err
		}
	}
	return nil
}

// setStart makes the batch's next call begin at a message.
func (m *csockBatch) setStart(from int) error {
	if from == m.from {
		return nil
	}
	m.from = from
	return m.batch.SetRange(from, m.n)
}

// decodeBatch decodes the senders of the received messages.
func (m *csockMsg) decodeBatch(from, n int) {
	for i := from; i < from+n; i++ {
		addr := m.batch.Addr(i)
		m.decode(&addr)
	}
}

func (s *csockSocket) sendBatch(from int) (int, error) {
	if err := s.setStart(from); err != nil {
		return 0, err
	}
	return s.s.SendBatch(s.batch, 0)
}

func (s *csockSocket) recvBatch(from int) (int, error) {
	if err := s.setStart(from); err != nil {
		return 0, err
	}
	n, err := s.s.RecvBatch(s.batch, csock.MSG_WAITFORONE)
	s.decodeBatch(from, n)
	return n, err
}

func (c *csockConnSocket) sendBatch(from int) (int, error) {
	if err := c.setStart(from); err != nil {
		return 0, err
	}
	return c.c.SendBatch(c.batch, 0)
}

func (c *csockConnSocket) recvBatch(from int) (int, error) {
	if err := c.setStart(from); err != nil {
		return 0, err
	}
	n, err := c.c.RecvBatch(c.batch, csock.MSG_WAITFORONE)
	c.decodeBatch(from, n)
	return n, err
}
